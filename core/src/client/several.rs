//! Arguments that are one thing or several.

/// Makes a type, which collects from anything that is an `$item`, out of lists of such things.
macro_rules! from_several {
    ($target:ident: $item:ident) => {
        impl<T: Into<$item>> From<Vec<T>> for $target {
            fn from(several: Vec<T>) -> Self {
                several.into_iter().collect()
            }
        }

        impl<T: Into<$item>, const N: usize> From<[T; N]> for $target {
            fn from(several: [T; N]) -> Self {
                several.into_iter().collect()
            }
        }

        impl<'a, T> From<&'a [T]> for $target
        where
            &'a T: Into<$item>,
        {
            fn from(several: &'a [T]) -> Self {
                several.iter().collect()
            }
        }

        impl<'a, T, const N: usize> From<&'a [T; N]> for $target
        where
            &'a T: Into<$item>,
        {
            fn from(several: &'a [T; N]) -> Self {
                several.iter().collect()
            }
        }

        impl<'a, T> From<&'a Vec<T>> for $target
        where
            &'a T: Into<$item>,
        {
            fn from(several: &'a Vec<T>) -> Self {
                several.iter().collect()
            }
        }

        impl From<&$crate::objects::TotalList<$crate::objects::Message>> for $target {
            fn from(messages: &$crate::objects::TotalList<$crate::objects::Message>) -> Self {
                messages.iter().collect()
            }
        }
    };
}

pub(crate) use from_several;

#[cfg(test)]
mod tests {
    use crate::client::{Forward, MessageRefs, SomeIds};
    use crate::objects::{Message, TotalList};

    fn every_list_makes_one<T>()
    where
        T: From<Vec<i32>> + From<[i32; 2]>,
        T: for<'a> From<&'a [i32]> + for<'a> From<&'a [i32; 2]> + for<'a> From<&'a Vec<i32>>,
        T: for<'a> From<&'a TotalList<Message>>,
    {
    }

    #[test]
    fn lists_are_taken_alike_everywhere() {
        every_list_makes_one::<MessageRefs>();
        every_list_makes_one::<SomeIds>();
        every_list_makes_one::<Forward>();
        assert_eq!(SomeIds::from(&[5, 6]), SomeIds::from(vec![5, 6]));
        assert_eq!(MessageRefs::from(&[5, 6]), MessageRefs::from(vec![5, 6]));
    }
}
