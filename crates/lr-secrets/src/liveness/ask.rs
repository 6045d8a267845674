use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::liveness::{Client, Liveness, Request, read, request};
use crate::snapshot::{Origin, Secret, Snapshot};
use crate::{Policy, scan_bytes};

/// The longest secret that is read again.
const LONGEST: u64 = 16 << 10;

/// Asks about each distinct secret that a scan of the tree under `root` found, once, and writes down
/// what was answered as [`Secret::liveness`].
///
/// A snapshot holds no secret: each is read again where it was found, under the policy that found it,
/// and asked about if its digest is still the same. What was seen in history only, inside of archives or
/// encodings, what is ignored, an example or expired, and formats of other providers are left alone.
pub async fn check(root: &Path, snapshot: &mut Snapshot, policy: &Policy, client: &dyn Client) {
    let mut answers: BTreeMap<(String, String), Liveness> = BTreeMap::new();
    for file in snapshot.found.iter().filter(|file| file.origin == Origin::Tree) {
        let path = match root.is_file() {
            true => root.to_owned(),
            false => root.join(&file.path),
        };
        for secret in file.secrets.iter().filter(|it| is_to_be_asked(it)) {
            let key = (secret.format.clone(), secret.digest.clone());
            if answers.contains_key(&key) {
                continue;
            }
            if let Some(request) = again(&path, secret, policy) {
                answers.insert(key, ask(&secret.format, request, client).await);
            }
        }
    }
    for secret in snapshot.found.iter_mut().flat_map(|file| &mut file.secrets) {
        let key = (secret.format.clone(), secret.digest.clone());
        secret.liveness = answers.get(&key).copied();
    }
}

/// The same for bytes in memory: scans them, and asks about what is found.
pub async fn check_bytes(bytes: &[u8], policy: &Policy, client: &dyn Client) -> Vec<Secret> {
    let mut secrets = scan_bytes(bytes, policy);
    for secret in secrets.iter_mut().filter(|it| is_to_be_asked(it)) {
        let at = secret.places.first().and_then(|place| {
            let start = usize::try_from(place.offset).ok()?;
            bytes.get(start..start.checked_add(usize::try_from(place.length).ok()?)?)
        });
        if let Some(request) = at.and_then(|at| request(&secret.format, at)) {
            secret.liveness = Some(ask(&secret.format, request, client).await);
        }
    }
    secrets
}

async fn ask(format: &str, request: Request, client: &dyn Client) -> Liveness {
    client.send(request).await.map_or(Liveness::Unknown, |answer| read(format, &answer))
}

fn is_to_be_asked(secret: &Secret) -> bool {
    !secret.example && secret.ignored.is_none() && secret.encoding.is_empty()
}

/// The request about a secret, if it still is where it was.
fn again(path: &Path, secret: &Secret, policy: &Policy) -> Option<Request> {
    let place = secret.places.first().filter(|place| place.length <= LONGEST)?;
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::Start(place.offset)).ok()?;
    let mut bytes = Vec::new();
    file.take(place.length).read_to_end(&mut bytes).ok()?;
    let is_same = crate::scan::hex(policy.digest(&bytes)) == secret.digest;
    request(&secret.format, &bytes).filter(|_| is_same)
}
