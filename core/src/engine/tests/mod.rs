//! The engine against a scripted peer: time only moves when a test moves it.

mod bench;
mod ended;
mod floods;
mod foreign;
mod greeting;
mod life;
mod moving;
mod order;
mod peer;
mod proxy;
mod race;
mod requests;
mod session;
mod settings;
mod unknown;
