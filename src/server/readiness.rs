//! `strata health`: asks the Strata that runs with the same settings whether requests should be sent to it. For containers that
//! have neither a shell nor curl.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Longest time for the connection, and for each part of the answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Where it is asked. It is answered at the root whatever the base path is.
const READY: &str = "/-/health/ready";
/// Enough for the first line of an answer, and most of it that is read.
const MOST: u64 = 64;

/// Asks at the address that the settings listen on.
///
/// # Errors
///
/// A sentence about what was answered in place of 200, or why nothing was.
pub fn ask(listen: SocketAddr) -> Result<(), String> {
    let address = reachable(listen);
    let line = first_line(address).map_err(|error| format!("{address} does not answer: {error}"))?;
    match line.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some(status) => Err(format!("{address}{READY} answers with the status {}", status.escape_debug())),
        None => Err(format!("{address} does not answer in HTTP")),
    }
}

/// Who listens on all addresses is asked on this machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn first_line(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // In one piece: written to a stream, each part of a format is a packet of its own.
    let request = format!("GET {READY} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut start = Vec::new();
    stream.take(MOST).read_to_end(&mut start)?;
    Ok(String::from_utf8_lossy(&start).lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// What is said of a server that answers so.
    fn asked(answer: &'static str) -> Result<(), String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].starts_with(b"GET /-/health/ready HTTP/1.1\r\nHost: 127.0.0.1:"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        // As in a container: whoever listens on all addresses is asked on loopback.
        let result = ask(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
        server.join().unwrap();
        result.map_err(|problem| problem.replace(&format!("127.0.0.1:{port}"), "HOST"))
    }

    #[test]
    fn only_200_is_ready() {
        let longer = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 6\r\n\r\nready\n";
        assert_eq!(asked(longer), Ok(()));
        for (answer, problem) in [
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "HOST/-/health/ready answers with the status 503"),
            ("HTTP/1.1 2000 OK\r\n\r\n", "HOST/-/health/ready answers with the status 2000"),
            ("", "HOST does not answer in HTTP"),
        ] {
            assert_eq!(asked(answer), Err(problem.to_owned()));
        }
    }

    #[test]
    fn nobody_is_not_ready() {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        assert!(ask(free).unwrap_err().starts_with(&format!("{free} does not answer: ")));
    }

    #[test]
    fn all_addresses_are_asked_on_loopback() {
        for (listen, asked) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("192.0.2.1:80", "192.0.2.1:80")]
        {
            assert_eq!(reachable(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
