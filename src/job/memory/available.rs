//! How much memory this process may have: the least of what the machine has left, what its containers allow and what
//! its own limits allow.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes this process may have in all, those it has already among them; none where unknown.
pub(super) fn available() -> Option<u128> {
    let (proc, groups) = (Path::new("/proc"), Path::new("/sys/fs/cgroup"));
    [machine(proc), containers(proc, groups), limit(proc)].into_iter().flatten().min()
}

/// What is free on the machine, and what this process has of it.
fn machine(proc: &Path) -> Option<u128> {
    let free = kibibytes(&read(&proc.join("meminfo"))?, "MemAvailable:")?;
    Some(free + resident(proc))
}

/// `ulimit -v`. It counts addresses, of which some are taken without being used.
fn limit(proc: &Path) -> Option<u128> {
    let limits = read(&proc.join("self/limits"))?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let most: u128 = line.split_whitespace().next()?.parse().ok()?;
    let taken = kibibytes(&read(&proc.join("self/status"))?, "VmSize:")?;
    Some(most.saturating_sub(taken) + resident(proc))
}

/// The tightest of the control groups this process is in: each counts those within it. Both versions, as a container
/// shows them (its own group as the root) and as the machine does.
fn containers(proc: &Path, groups: &Path) -> Option<u128> {
    let own = read(&proc.join("self/cgroup")).unwrap_or_default();
    let mut places = vec![groups.to_owned(), groups.join("memory")];
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let root = match controllers {
            "" => groups.to_owned(),
            c if c.split(',').any(|c| c == "memory") => groups.join("memory"),
            _ => continue,
        };
        let below = path.split('/').filter(|name| !name.is_empty() && *name != "..");
        let mut place: PathBuf = root;
        for name in below {
            place.push(name);
            places.push(place.clone());
        }
    }
    places.iter().filter_map(|place| of_group(place, resident(proc))).min()
}

/// What a group has left, with what this process has of it. Files that it keeps in memory only while there is room do
/// not count.
fn of_group(group: &Path, own: u128) -> Option<u128> {
    let number = |name: &str| read(&group.join(name))?.trim().parse::<u128>().ok();
    let most = number("memory.max").or_else(|| number("memory.limit_in_bytes"))?;
    let used = number("memory.current").or_else(|| number("memory.usage_in_bytes")).unwrap_or(0);
    let stat = read(&group.join("memory.stat")).unwrap_or_default();
    let cached = stat.lines().find_map(|line| {
        let name = line.strip_prefix("total_").unwrap_or(line);
        name.strip_prefix("inactive_file ")?.trim().parse().ok()
    });
    Some((most + own).saturating_sub(used.saturating_sub(cached.unwrap_or(0))).min(most))
}

/// Bytes this process has now.
fn resident(proc: &Path) -> u128 {
    read(&proc.join("self/status")).and_then(|text| kibibytes(&text, "VmRSS:")).unwrap_or(0)
}

fn kibibytes(text: &str, name: &str) -> Option<u128> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u128>().ok()? * 1024)
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine in a folder.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            let machine = Self(tempfile::tempdir().unwrap());
            machine.file("proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:   8000 kB\n");
            machine.file("proc/self/status", "VmSize:\t 700 kB\nVmRSS:\t 500 kB\n");
            machine.file("proc/self/limits", "Max address space  unlimited  unlimited  bytes\n");
            machine
        }

        fn file(&self, name: &str, text: &str) {
            let path = self.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn containers(&self) -> Option<u128> {
            containers(&self.0.path().join("proc"), &self.0.path().join("groups"))
        }
    }

    #[test]
    fn what_the_process_has_is_its_own() {
        let machine_ = Machine::new();
        let proc = machine_.0.path().join("proc");
        assert_eq!(machine(&proc), Some(8500 * 1024));
        assert_eq!(limit(&proc), None, "no limit");
        let limits =
            "Max cpu time  unlimited\nMax address space         1048576    unlimited  bytes\n";
        machine_.file("proc/self/limits", limits);
        assert_eq!(limit(&proc), Some((1024 - 700 + 500) * 1024));
        assert_eq!(machine(&proc.join("none")), None);
    }

    #[test]
    fn the_tightest_group_counts() {
        let machine = Machine::new();
        assert_eq!(machine.containers(), None, "no group at all");
        machine.file("proc/self/cgroup", "0::/user/job\n");
        machine.file("groups/memory.max", "max\n");
        machine.file("groups/user/memory.max", "2000000\n");
        machine.file("groups/user/memory.current", "1900000\n");
        assert_eq!(machine.containers(), Some(612_000));
        machine.file("groups/user/memory.stat", "anon 5\ninactive_file 800000\n");
        assert_eq!(machine.containers(), Some(1_412_000), "files in memory can go");
        machine.file("groups/user/job/memory.max", "1000000\n");
        machine.file("groups/user/job/memory.current", "10\n");
        assert_eq!(machine.containers(), Some(1_000_000));
    }

    #[test]
    fn the_first_version_of_groups_counts_too() {
        let machine = Machine::new();
        machine.file("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/docker/b\n");
        machine.file("groups/memory/docker/b/memory.limit_in_bytes", "3000000\n");
        machine.file("groups/memory/docker/b/memory.usage_in_bytes", "2500000\n");
        machine.file("groups/memory/docker/b/memory.stat", "total_inactive_file 1000\n");
        assert_eq!(machine.containers(), Some(1_013_000));
        // Within a container the path of its group is that of the machine, and its own group the root.
        machine.file("groups/memory/memory.limit_in_bytes", "900000\n");
        machine.file("groups/memory/memory.usage_in_bytes", "400000\n");
        assert_eq!(machine.containers(), Some(900_000));
    }
}
