//! A token service as Distribution's registries want one: JSON Web Tokens with RS256 and the certificate in `x5c`, in exchange for a
//! password (`GET`) or an identity token (`POST`). Signed by `openssl`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::form_urlencoded;

use super::support::process::{program, run};

/// A running service; it ends with the test.
pub(super) struct TokenService {
    address: String,
    shared: Arc<Shared>,
}

struct Shared {
    folder: TempDir,
    openssl: PathBuf,
    /// The header that has what a `GET` needs.
    basic: String,
    identity_token: &'static str,
    asked: Mutex<Vec<String>>,
}

impl TokenService {
    pub(super) const SERVICE: &'static str = "test-registry";
    pub(super) const ISSUER: &'static str = "test-issuer";

    /// Starts one for one account; nothing where `openssl` is missing.
    pub(super) async fn start(user: &str, password: &str, identity_token: &'static str) -> Option<Self> {
        let openssl = program("openssl")?;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        let (key, certificate) = (file("key.pem"), file("certificate.pem"));
        let fixed = ["req", "-x509", "-days", "2", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Token service"];
        run(&openssl, &[&fixed[..], &["-keyout", &key, "-out", &certificate]].concat());
        let shared = Arc::new(Shared {
            folder,
            openssl,
            basic: format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
            identity_token,
            asked: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Some(Self { address, shared })
    }

    pub(super) fn realm(&self) -> String {
        format!("http://{}/token", self.address)
    }

    /// The certificate that its tokens are signed with.
    pub(super) fn bundle(&self) -> PathBuf {
        self.shared.folder.path().join("certificate.pem")
    }

    /// What it has been asked since the last call: method, who asked, scopes.
    pub(super) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.asked.lock().unwrap())
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = if method == Method::POST { body.to_vec() } else { query.unwrap_or_default().into_bytes() };
    let form: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let value = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let scopes: Vec<_> = form
        .iter()
        .filter(|(name, _)| name == "scope")
        .flat_map(|(_, value)| value.split(' '))
        .map(str::to_owned)
        .collect();
    let known = match (&method, headers.get("authorization")) {
        (&Method::POST, _) => {
            value("grant_type") == Some("refresh_token") && value("refresh_token") == Some(shared.identity_token)
        }
        (_, Some(header)) => header.to_str().ok() == Some(&shared.basic),
        (_, None) => false,
    };
    let who = if known { "known" } else { "unknown" };
    shared.asked.lock().unwrap().push(format!("{method} {who} {}", scopes.join(" ")));
    if !known {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    assert_eq!(value("service"), Some(TokenService::SERVICE));
    let token = shared.token(&scopes);
    let granted = json!({ "token": token, "access_token": token, "expires_in": 300 });
    ([("content-type", "application/json")], granted.to_string()).into_response()
}

impl Shared {
    /// A token for everything that is asked for.
    fn token(&self, scopes: &[String]) -> String {
        let access: Vec<Value> = scopes
            .iter()
            .map(|scope| {
                let (kind, rest) = scope.split_once(':').unwrap();
                let (name, actions) = rest.rsplit_once(':').unwrap();
                json!({ "type": kind, "name": name, "actions": actions.split(',').collect::<Vec<_>>() })
            })
            .collect();
        let pem = std::fs::read_to_string(self.folder.path().join("certificate.pem")).unwrap();
        let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let header = json!({ "typ": "JWT", "alg": "RS256", "x5c": [certificate] });
        let claims = json!({
            "iss": TokenService::ISSUER, "sub": "reader", "aud": TokenService::SERVICE, "jti": "1",
            "exp": now + 300, "nbf": now - 10, "iat": now, "access": access,
        });
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.signature(&signed)))
    }

    fn signature(&self, text: &str) -> Vec<u8> {
        let mut openssl = Command::new(&self.openssl)
            .args(["dgst", "-sha256", "-sign"])
            .arg(self.folder.path().join("key.pem"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        openssl.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = openssl.wait_with_output().unwrap();
        assert!(output.status.success());
        output.stdout
    }
}
