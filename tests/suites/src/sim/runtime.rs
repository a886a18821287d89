//! What clients get from the world: its time, its connections, its files.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use telewire_core::rand::Seed;
use telewire_core::runtime::{Endpoint, Mode, Runtime};
use telewire_core::time::{Mono, Now, Unix};

use super::{SimFile, SimRuntime, SimSocket, lock, socket};

impl Runtime for SimRuntime {
    type Socket = SimSocket;
    type File = SimFile;

    async fn connect(self, to: Endpoint) -> io::Result<SimSocket> {
        let (at, _) = self.world().links.dial(&to)?;
        let at = self.now().mono + at;
        self.clone().sleep_until(at).await;
        socket::accept(&self, &to)
    }

    fn sleep_until(self, at: Mono) -> impl Future<Output = ()> + Send {
        Sleep {
            runtime: self,
            at,
            timer: None,
        }
    }

    fn now(&self) -> Now {
        let now = self.world().now;
        let ahead = self.ahead.load(Ordering::Relaxed);
        let by = Duration::from_millis(ahead.unsigned_abs());
        let wall = now.wall.since_epoch();
        let wall = if ahead < 0 {
            wall.saturating_sub(by)
        } else {
            wall + by
        };
        Now {
            mono: now.mono,
            wall: Unix::from_epoch(wall),
        }
    }

    fn seed(&self) -> Seed {
        Seed::new(self.world().rng.array())
    }

    fn spawn(&self, f: impl Future<Output = ()> + Send + 'static) {
        self.executor.spawn(Box::pin(f));
    }

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        let at = self.now().mono + self.world().links.weather.job;
        self.sleep_until(at).await;
        f()
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<SimFile> {
        let mut world = self.world();
        let data = match mode {
            Mode::Create => world
                .files
                .entry(path.clone())
                .and_modify(|f| lock(f).clear())
                .or_default()
                .clone(),
            Mode::Read => {
                let found = world.files.get(&path).cloned();
                found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))?
            }
        };
        drop(world);
        Ok(SimFile::new(self, path, data))
    }
}

/// Ends at a time.
struct Sleep {
    runtime: SimRuntime,
    at: Mono,
    timer: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut world = this.runtime.world();
        if world.now.mono >= this.at {
            return Poll::Ready(());
        }
        world.last_timer += 1;
        let id = world.last_timer;
        if let Some(old) = this.timer.replace(id) {
            world.timers.remove(&(this.at, old));
        }
        world.timers.insert((this.at, id), cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.timer {
            self.runtime.world().timers.remove(&(self.at, id));
        }
    }
}
