mod rules;
mod server;
mod shapes;
mod shuffle;
