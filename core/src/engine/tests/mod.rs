//! The engine against a scripted peer: time only moves when a test moves it.

mod bench;
mod ended;
mod floods;
mod foreign;
mod life;
mod moving;
mod order;
mod peer;
mod proxy;
mod race;
mod requests;
<<<<<<< HEAD
mod settings;
mod unknown;
=======
mod session;
>>>>>>> aa77e3e (Give handles a manner of their own, a takeout or a time limit, and test what sessions tell the engine)
