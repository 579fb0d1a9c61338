//! The table that is printed in the end, and the machine that it was measured on.

use std::fs;

/// Rows: what, what is to be reached, what was measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    pub(crate) fn row(&mut self, what: &str, reach: &str, measured: &str, reached: bool) {
        let measured = if reached { measured.to_owned() } else { format!("**{measured}** (not reached)") };
        println!("{what}: {measured}");
        self.0.push([what.to_owned(), reach.to_owned(), measured]);
    }

    pub(crate) fn print(&self) {
        println!("\n| what | reach | measured |\n| --- | --- | --- |");
        for [what, reach, measured] in &self.0 {
            println!("| {what} | {reach} | {measured} |");
        }
    }
}

/// Processor, cores, memory and load of this machine.
pub(crate) fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZeroUsize::get);
    let load = read("/proc/loadavg").split(' ').next().unwrap_or("unknown").to_owned();
    format!(
        "{}, {cores} cores, {} memory, load before: {load}",
        field(&read("/proc/cpuinfo"), "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
    )
}
