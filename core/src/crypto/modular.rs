//! Arithmetic modulo an odd public number, constant in the time it takes for a given size.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize};
use zeroize::{Zeroize, Zeroizing};

/// An odd modulus, ready for Montgomery arithmetic.
#[derive(Clone)]
pub(super) struct Modulus {
    params: BoxedMontyParams,
    bits: u32,
}

impl Modulus {
    /// `None` where the number is even, or has a leading zero byte, or is not a whole number of 64-bit words: all moduli
    /// here are full-width ones.
    pub(super) fn new(big_endian: &[u8]) -> Option<Self> {
        if !big_endian.len().is_multiple_of(8) || big_endian.first().is_none_or(|b| *b == 0) {
            return None;
        }
        let bits = u32::try_from(big_endian.len().checked_mul(8)?).ok()?;
        let number = BoxedUint::from_be_slice(big_endian, bits).ok()?;
        let odd: Odd<BoxedUint> = number.to_odd().into_option()?;
        Some(Self {
            params: BoxedMontyParams::new_vartime(odd),
            bits,
        })
    }

    /// The modulus itself.
    pub(super) fn number(&self) -> &BoxedUint {
        self.params.modulus().as_ref()
    }

    /// A number of the modulus' width; `None` where it takes more bytes.
    pub(super) fn uint(&self, big_endian: &[u8]) -> Option<BoxedUint> {
        BoxedUint::from_be_slice(big_endian, self.bits).ok()
    }

    /// A number that is already below the modulus; `None` for others.
    pub(super) fn residue(&self, big_endian: &[u8]) -> Option<Residue> {
        let number = self.uint(big_endian)?;
        (number < *self.number()).then(|| self.enter(number))
    }

    /// Any number of at most the modulus' width, reduced.
    pub(super) fn reduced(&self, number: &BoxedUint) -> Residue {
        let modulus = self.params.modulus().as_nz_ref();
        self.enter(number.rem(modulus))
    }

    /// A small number.
    pub(super) fn small(&self, number: u32) -> Residue {
        self.enter(BoxedUint::from(number).resize(self.bits))
    }

    fn enter(&self, number: BoxedUint) -> Residue {
        Residue(BoxedMontyForm::new(number, &self.params))
    }
}

/// A number modulo a [`Modulus`], overwritten when dropped.
pub(super) struct Residue(BoxedMontyForm);

impl Residue {
    /// `self ^ exponent`; the time depends on the exponent's width in bytes, not on its value.
    pub(super) fn pow(&self, exponent: &BoxedUint) -> Self {
        Self(self.0.pow(exponent))
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        Self(self.0.mul(&other.0))
    }

    pub(super) fn square(&self) -> Self {
        Self(self.0.square())
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        Self(self.0.add(&other.0))
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        Self(self.0.sub(&other.0))
    }

    pub(super) fn to_uint(&self) -> Zeroizing<BoxedUint> {
        Zeroizing::new(self.0.retrieve())
    }

    /// Big-endian, padded to the 256 bytes of a 2048-bit modulus; `None` for moduli of other sizes.
    pub(super) fn to_bytes(&self) -> Option<Zeroizing<[u8; 256]>> {
        let mut bytes = self.to_uint().to_be_bytes();
        let array = <[u8; 256]>::try_from(&*bytes).ok().map(Zeroizing::new);
        bytes.zeroize();
        array
    }
}

impl Drop for Residue {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl PartialEq for Residue {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
