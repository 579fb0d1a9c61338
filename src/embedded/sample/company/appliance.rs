//! `platform/appliance`: the base system of a small router. It has everything that a file system holds besides plain
//! files, and one of its releases comes with tables of contents in its layers, too.

use crate::embedded::sample::build::document::Format;
use crate::embedded::sample::build::files::Files;
use crate::embedded::sample::build::image::{Image, Tool};
use crate::embedded::sample::build::layer::{Compression, Layer};
use crate::embedded::sample::build::moment::Moment;
use crate::embedded::sample::build::noise::noise;
use crate::embedded::sample::build::repository::Shelf;

const PLATFORM: &str = "linux/arm64/v8";
const MACHINE: &str = "arm64";

/// Version and time of build.
const BUILT: [(&str, Moment); 2] =
    [("4.1.0", Moment::at(2026, 3, 3, 6, 30)), ("4.2.0", Moment::at(2026, 8, 25, 6, 45))];

/// Bits of `linux/capability.h`.
const NET_BIND_SERVICE: u32 = 1 << 10;
const NET_ADMIN: u32 = 1 << 12;
const NET_RAW: u32 = 1 << 13;
/// The user outside that is root in the company's build containers.
const BUILD_ROOT: u32 = 100_000;

/// The value of `security.capability` (`struct vfs_cap_data` of `linux/capability.h`): these capabilities from the
/// start, in revision 2. With the root of a user namespace, it is revision 3.
fn capabilities(permitted: u32, root: Option<u32>) -> Vec<u8> {
    let revision = if root.is_some() { 0x0300_0000 } else { 0x0200_0000 };
    [revision | 1, permitted, 0, 0, 0].into_iter().chain(root).flat_map(u32::to_le_bytes).collect()
}

fn system() -> Files {
    let (version, built) = BUILT[0];
    let program = |files: Files, path: &str, size| files.program(path, size, MACHINE, version);
    let files = program(Files::new(built), "bin/busybox", 9_400).link("bin/sh", "busybox");
    let files = program(files, "bin/ping", 1_700).attribute_of_last("security.capability", capabilities(NET_RAW, None));
    let files = program(files, "bin/su", 1_500)
        .mode_of_last(0o4755)
        .character_device("dev/console", 0o600, (5, 1))
        .fifo("dev/initctl", 0o600)
        .block_device("dev/mmcblk0", 0o660, (179, 0))
        .character_device("dev/null", 0o666, (1, 3))
        .link("etc/alternatives/editor", "/usr/bin/editor")
        .text("etc/group", "root:x:0:\ndaemon:x:1:\n")
        .script("etc/init.d/httpd", "#!/bin/sh\nexec /usr/sbin/httpd -f -h /srv/www\n")
        .script("etc/init.d/telnetd", "#!/bin/sh\nexec /bin/busybox telnetd\n")
        .text("etc/os-release", format!("NAME=\"Acme Appliance\"\nID=acme-appliance\nVERSION_ID={version}\n"))
        .text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/:/bin/false\n")
        .folder_with_mode("root", 0o700);
    // One program, which looks at the name by which it is called.
    let files = program(files, "sbin/e2fsck", 5_200)
        .hard_link("sbin/fsck.ext2", "sbin/e2fsck")
        .hard_link("sbin/fsck.ext3", "sbin/e2fsck")
        .hard_link("sbin/fsck.ext4", "sbin/e2fsck")
        .link("srv/www", "../../../../usr/share/www")
        .folder_with_mode("tmp", 0o1777)
        .owned_by(1);
    let files = program(files, "usr/bin/at", 1_300).mode_of_last(0o2755).owned_by(0);
    let capture = capabilities(NET_ADMIN | NET_RAW, Some(BUILD_ROOT));
    // The editor was left out, so that the two links lead to each other.
    program(files, "usr/bin/dumpcap", 1_900)
        .attribute_of_last("security.capability", capture)
        .link("usr/bin/editor", "/etc/alternatives/editor")
        .text("usr/share/locale/de/messages", "hello = Guten Tag\n")
        .text("usr/share/locale/fr/messages", "hello = Bonjour\n")
        .text("usr/share/www/index.html", "<!doctype html>\n<title>Appliance</title>\n")
}

/// What the company adds to the system.
fn additions() -> Files {
    let (version, built) = BUILT[0];
    Files::new(built)
        .text("etc/appliance/device.toml", "model = \"AR-2\"\nports = 4\n")
        .attribute_of_last("user.mime_type", "application/toml")
        .attribute_of_last("user.checksum", [0xde, 0xad, 0xbe, 0xef])
        .program("usr/sbin/httpd", 2_600, MACHINE, version)
        .attribute_of_last("security.capability", capabilities(NET_BIND_SERVICE, None))
}

fn image() -> Image {
    let built = BUILT[0].1;
    let removed = Files::new(built)
        .deleted("etc/init.d/telnetd")
        .emptied("usr/share/locale")
        .text("usr/share/locale/en/messages", "hello = Hello\n");
    Image::scratch(Format::Oci, Tool::BuildKit, PLATFORM, built)
        .add("system.tar", "/", Layer::of(&system()))
        .copy("additions/", "/", Layer::of(&additions()))
        .run(
            "rm /etc/init.d/telnetd && rm -r /usr/share/locale && install -D /tmp/en /usr/share/locale/en/messages",
            Layer::of(&removed),
        )
        .label("org.opencontainers.image.title", "appliance")
        .expose("80/tcp")
        .command(&["/bin/busybox", "init"])
}

/// The next release: with a manual that somebody wrote on an old machine, and a disk that is nearly empty.
fn next() -> Image {
    let built = BUILT[1].1;
    let manual = Files::new(built)
        .latin1_text("usr/share/doc/appliance/Anleitung-für-Geräte.txt", "Die Anleitung gibt es nur auf Papier.\n")
        .text("usr/share/doc/appliance/README", "The manual is on paper only.\n");
    let disk = Files::new(built).sparse("var/lib/appliance/data.img", 8 << 20, 1024, noise("a superblock", 1024));
    image()
        .continued(Format::Oci, Tool::BuildKit, built)
        .copy("manual/", "/usr/share/doc/appliance/", Layer::of(&manual))
        .run("truncate -s 8M /var/lib/appliance/data.img && mke2fs /var/lib/appliance/data.img", Layer::of(&disk))
}

/// The repository: images for one platform, without an index.
pub(crate) fn repository() -> Shelf {
    let mut shelf = Shelf::new("platform/appliance");
    let first = image();
    shelf.put(&first.build(), &["4.1.0"]);
    shelf.put(&first.repacked(Compression::Estargz).build(), &["4.1.0-estargz"]);
    shelf.put(&first.repacked(Compression::ZstdChunked).build(), &["4.1.0-zstd-chunked"]);
    shelf.put(&next().build(), &["4.2.0", "4.2", "4", "latest"]);
    shelf
}
