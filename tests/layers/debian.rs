//! Images of Debian packages, built by `buildah` in steps that change, delete, replace and link what is there.

use std::fs;
use std::path::Path;

use super::storage::Storage;
use super::support::packages::pack;
use super::support::process::{program, run};

/// Small, and of many kinds of files. Only one of them is not the same for all architectures.
const PACKAGES: &str = "base-files,busybox-static,netbase,tzdata";

/// What a second step does, in the image's root.
const CHANGES: &str = "
rm -rf usr/share/doc && mkdir usr/share/doc && echo kept > usr/share/doc/README
rm etc/services usr/share/zoneinfo/Europe/Paris
rm -rf usr/share/zoneinfo/America
mv usr/share/zoneinfo/Asia usr/share/zoneinfo/asia
chmod -R g-r usr/share/zoneinfo/Africa
chown -h 1000:1001 etc/protocols usr/share/zoneinfo/UTC
chmod 4755 bin/busybox && ln bin/busybox bin/sh && ln bin/busybox bin/ls
rm -rf home && ln -s usr/share home
rm -rf var/run && mkdir -m 1777 var/run && mkfifo var/run/pipe
rm -f dev/null && mknod dev/null c 1 5
printf 'Latin-1' > \"$(printf 'srv/caf\\351')\"
";

/// Attributes that the shell has no command for.
const ATTRIBUTES: &str = "
import os
os.setxattr('bin/busybox', 'security.capability', bytes.fromhex('0100000200240000000000000000000000000000'))
os.setxattr('etc', 'user.remark', b'of\\0a\\ndirectory')
";

/// What a third step does: over both before it.
const MORE_CHANGES: &str = "
rm -f bin/ls && echo new > bin/ls
rm home && mkdir home && echo new > home/new
rm -rf usr/share/doc && mkdir usr/share/doc && ln ../zoneinfo usr/share/doc/link 2>/dev/null || true
touch -d 2001-02-03T04:05:06Z etc/protocols
mv usr/share/zoneinfo/asia usr/share/zoneinfo/Asia
";

/// Builds an image with three layers, and writes it to a layout three times: as `gzip`, `zstd` and `chunked`. False where its
/// packages or a program are missing, which is said aloud.
pub(super) fn build(storage: &Storage, architecture: &str, layout: &Path) -> bool {
    let (Some(mmdebstrap), Some(python)) = (program("mmdebstrap"), program("python3")) else { return false };
    let shell = Path::new("/bin/sh");
    let packages = layout.with_extension("tar");
    if !pack(&mmdebstrap, architecture, PACKAGES, &packages) {
        return false;
    }
    let built = format!("localhost/{architecture}");
    let begin = |image: &str| storage.buildah(["from", "--quiet", "--name", architecture, image]);
    let end = || {
        storage.buildah(["commit", "--quiet", "--rm", "--format", "oci", architecture, &built]);
    };
    begin("scratch");
    storage.buildah(["add", "--quiet", architecture, packages.to_str().unwrap(), "/"]);
    storage.buildah(["config", "--os", "linux", "--arch", architecture, "--created-by", "mmdebstrap", architecture]);
    end();
    fs::remove_file(&packages).unwrap();
    for changes in [CHANGES, MORE_CHANGES] {
        begin(&built);
        let root = storage.buildah(["mount", architecture]);
        run(shell, &["-euc", &format!("cd {root}\n{changes}")]);
        if changes == CHANGES {
            run(&python, &["-c", &format!("import os\nos.chdir({root:?}){ATTRIBUTES}")]);
        }
        end();
    }
    for (format, tag) in [("gzip", "gzip"), ("zstd", "zstd"), ("zstd:chunked", "chunked")] {
        let target = format!("oci:{}:{tag}", layout.display());
        storage.buildah(["push", "--quiet", "--format", "oci", "--compression-format", format, &built, &target]);
    }
    true
}
