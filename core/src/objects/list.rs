//! Lists that know how many there would be in all.

use std::fmt;
use std::ops::Deref;

/// Some items of a longer list.
///
/// It is used like a slice, and iterated like a vector.
#[derive(Clone, PartialEq)]
pub struct TotalList<T> {
    items: Vec<T>,
    total: usize,
}

impl<T> TotalList<T> {
    pub(crate) fn new(items: Vec<T>, total: Option<usize>) -> Self {
        let total = total.unwrap_or(items.len());
        Self { items, total }
    }

    /// How many there are on the server.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The same list of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> TotalList<U> {
        TotalList {
            items: self.items.into_iter().map(change).collect(),
            total: self.total,
        }
    }

    /// The items themselves.
    pub fn into_vec(self) -> Vec<T> {
        self.items
    }
}

impl<T> Deref for TotalList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for TotalList<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a TotalList<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for TotalList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotalList")
            .field("items", &self.items)
            .field("total", &self.total)
            .finish()
    }
}
