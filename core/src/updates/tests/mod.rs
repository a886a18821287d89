mod rules;
mod server;
mod shuffle;
