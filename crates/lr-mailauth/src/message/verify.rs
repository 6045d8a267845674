use std::collections::HashMap;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey,
};
use lr_core::Timestamp;

use super::canon::{Canonical, Hash, lines, push_field};
use super::key::{self, PublicKey};
use super::read::{Field, Message};
use super::signature::parse_signature;
use super::{
    Algorithm, Canonicalization, DkimResult, Fault, Remark, Signature, SignatureTags, diagnose,
};
use crate::answers::Answer;
use crate::dkim::{Key, KeyFormat};

/// So many signatures of one message are verified; the rest is only named.
const MAX_SIGNATURES: usize = 16;
/// For so many of them the cause of a failure is looked for.
const MAX_DIAGNOSES: usize = 4;

/// A DKIM-Signature field of a message, read.
pub(super) struct Signed<'m> {
    pub(super) field: Field<'m>,
    pub(super) tags: SignatureTags,
}

/// All signatures of a message, topmost first.
pub(super) fn signatures<'m>(message: &Message<'m>) -> Vec<Signed<'m>> {
    let fields = message.all("dkim-signature").take(MAX_SIGNATURES);
    let read =
        |field: &Field<'m>| Signed { field: *field, tags: parse_signature(field.value()).value };
    fields.map(read).collect()
}

/// Verifies signatures of one message, hashing the body once for each form of it.
pub(super) struct Verifier<'a, 'm> {
    message: &'a Message<'m>,
    now: Timestamp,
    bodies: HashMap<(Canonicalization, Option<u64>), (Vec<u8>, u64)>,
    diagnoses: usize,
}

impl<'a, 'm> Verifier<'a, 'm> {
    pub(super) fn new(message: &'a Message<'m>, now: Timestamp) -> Self {
        Self { message, now, bodies: HashMap::new(), diagnoses: 0 }
    }

    /// Verifies one signature with what DNS answered for its key.
    pub(super) fn verify(&mut self, signed: &Signed<'_>, answer: Option<&Answer>) -> Signature {
        let tags = &signed.tags;
        let mut found = Signature::of(tags);
        found.faults.clone_from(&tags.faults);
        if self.message.is_cut() {
            let why = "the message is too large to be read as a whole".to_owned();
            found.faults.push(Fault::Unchecked { why });
            return found.decided();
        }
        // Without a domain and a selector there is nobody to ask for a key.
        let keys = match answer {
            Some(answer) => key::read(&key::name_of(tags), answer),
            None => Ok(Vec::new()),
        };
        let keys = keys.unwrap_or_else(|fault| {
            found.faults.push(fault);
            Vec::new()
        });
        self.times(tags, &mut found);
        self.content(signed, keys, &mut found);
        found.decided()
    }

    fn times(&self, tags: &SignatureTags, found: &mut Signature) {
        if let Some(at) = tags.expires_at.filter(|at| *at < self.now) {
            found.faults.push(Fault::Expired { at });
        }
        // Clocks differ, and one that is set to the time of another zone is off by hours: both
        // verify everywhere. A day is beyond either.
        const LEEWAY: i64 = 86_400;
        if let Some(at) = tags.signed_at.filter(|at| at.unix() > self.now.unix() + LEEWAY) {
            found.remarks.push(Remark::FromTheFuture { at });
        }
        if let (Some(at), Some(end)) = (tags.signed_at, tags.expires_at)
            && end < at
        {
            found.remarks.push(Remark::EndsBeforeItBegins);
        }
    }

    fn content(&mut self, signed: &Signed<'_>, mut keys: Vec<PublicKey>, found: &mut Signature) {
        let tags = &signed.tags;
        // Without these nothing can be computed, and the faults say so already.
        let is_readable = |fault: &Fault| {
            !matches!(
                fault,
                Fault::Syntax { .. }
                    | Fault::DuplicateTag { .. }
                    | Fault::MissingTag { .. }
                    | Fault::BadValue { .. }
                    | Fault::Canonicalization { .. }
                    | Fault::Sha1
                    | Fault::Algorithm { .. }
            )
        };
        let is_comparable = found.faults.iter().all(is_readable);
        let body_fault = is_comparable.then(|| self.body(tags, found)).flatten();
        // Which of several keys a verifier takes is chance; here the best one counts.
        if keys.len() > 1 {
            found.remarks.push(Remark::SeveralKeys { count: keys.len() });
        }
        let data = is_comparable.then(|| header_data(self.message, signed));
        let verifies = |key: &PublicKey| {
            data.as_ref().is_some_and(|data| is_signed(data, tags, key))
                && key.faults(tags).is_empty()
        };
        if let Some(best) = keys.iter().position(verifies) {
            keys.swap(0, best);
        }
        let header_fault = match keys.first() {
            None => None,
            Some(key) => {
                remark_on(key, found);
                let faults = key.faults(tags);
                let is_usable = faults.is_empty() && is_comparable;
                found.faults.extend(faults);
                (is_usable && !verifies(key)).then_some(Fault::Header)
            }
        };
        let is_header_known = is_comparable && !keys.is_empty();
        found.is_header_intact = is_header_known.then_some(header_fault.is_none());
        let wants_diagnosis =
            (body_fault.is_some() || header_fault.is_some()) && self.diagnoses < MAX_DIAGNOSES;
        if wants_diagnosis {
            self.diagnoses += 1;
            if body_fault.is_some() {
                found.hints.extend(diagnose::body(self.message, tags));
            }
            if let (Some(_), Some(key)) = (&header_fault, keys.first()) {
                found.hints.extend(diagnose::header(self.message, signed, key));
            }
        }
        found.faults.extend(body_fault);
        found.faults.extend(header_fault);
    }

    fn body(&mut self, tags: &SignatureTags, found: &mut Signature) -> Option<Fault> {
        let message = self.message;
        let (hash, total) = self
            .bodies
            .entry((tags.body_form, tags.length))
            .or_insert_with(|| body_hash(message, tags.body_form, tags.length));
        if let Some(signed) = tags.length {
            if signed > *total {
                return Some(Fault::BodyTooShort { signed, found: *total });
            }
            found.remarks.push(Remark::PartOfBody { signed, total: *total });
        }
        (*hash != tags.body_hash).then_some(Fault::Body)
    }
}

fn remark_on(key: &PublicKey, found: &mut Signature) {
    if key.record.testing {
        found.remarks.push(Remark::TestingKey);
    }
    if let Key::Rsa { bits, format } = key.record.key {
        found.key_bits = Some(bits);
        if format == KeyFormat::Pkcs1 {
            found.remarks.push(Remark::BareKey);
        }
    }
}

/// The hash of a body, and the length of its canonical form.
fn body_hash(message: &Message<'_>, form: Canonicalization, limit: Option<u64>) -> (Vec<u8>, u64) {
    let mut canonical = Canonical::new(form, Hash::new(limit));
    for line in lines(message.body, message.line_ends) {
        canonical.line(line);
    }
    let hash = canonical.finish();
    (hash.digest().as_ref().to_vec(), hash.total)
}

/// The fields that a signature covers, in the order in which they are signed: of several with one
/// name the lowest first (RFC 6376, section 5.4.2). `None` where there is none.
pub(super) fn selected<'m>(
    message: &Message<'m>,
    tags: &SignatureTags,
) -> Vec<(String, Option<Field<'m>>)> {
    let mut left: HashMap<String, Vec<Field<'m>>> = HashMap::new();
    let names = tags.signed.iter().map(|name| name.to_ascii_lowercase());
    let pick = |name: String| {
        let fields = left.entry(name.clone()).or_insert_with(|| {
            message.fields.iter().filter(|field| field.is(&name)).copied().collect()
        });
        let field = fields.pop();
        (name, field)
    };
    names.map(pick).collect()
}

/// What is signed of the header (RFC 6376, section 3.7).
pub(super) fn header_data(message: &Message<'_>, signed: &Signed<'_>) -> Vec<u8> {
    let mut data = Vec::new();
    for (_, field) in selected(message, &signed.tags) {
        if let Some(field) = field {
            push_field(&field, signed.tags.header_form, &mut data);
        }
    }
    push_own(signed, signed.tags.header_form, &mut data);
    data
}

/// The signature field itself: without its value of `b`, and without a line end.
pub(super) fn push_own(signed: &Signed<'_>, form: Canonicalization, data: &mut Vec<u8>) {
    let raw = signed.field.raw;
    let offset = raw.len() - signed.field.value().len();
    let span = signed.tags.signature_span;
    let own = [&raw[..offset + span.start], &raw[offset + span.end..]].concat();
    if let Some(field) = Field::new(&own) {
        push_field(&field, form, data);
        data.truncate(data.len() - 2);
    }
}

/// Whether the signature is one over `data`.
pub(super) fn is_signed(data: &[u8], tags: &SignatureTags, key: &PublicKey) -> bool {
    let hash = digest::digest(&digest::SHA256, data);
    let verified = match (tags.algorithm, &key.record.key) {
        (Some(Algorithm::RsaSha256), Key::Rsa { .. }) => {
            let algorithm = &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
            let key = UnparsedPublicKey::new(algorithm, &key.material);
            key.verify_digest(&hash, &tags.signature)
        }
        (Some(Algorithm::Ed25519Sha256), Key::Ed25519) => {
            let key = UnparsedPublicKey::new(&ED25519, &key.material);
            key.verify(hash.as_ref(), &tags.signature)
        }
        _ => return false,
    };
    verified.is_ok()
}

impl Signature {
    fn of(tags: &SignatureTags) -> Self {
        Self {
            domain: tags.domain.clone(),
            selector: tags.selector.clone(),
            algorithm: tags.algorithm,
            header_form: tags.header_form,
            body_form: tags.body_form,
            signed: tags.signed.clone(),
            result: DkimResult::Pass,
            key_bits: None,
            is_header_intact: None,
            faults: Vec::new(),
            remarks: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The result follows from the faults: what no verifier accepts comes before what this message
    /// does wrong.
    fn decided(mut self) -> Self {
        self.faults.sort_by_key(|fault| match fault.result() {
            DkimResult::PermError => 0,
            DkimResult::TempError => 1,
            DkimResult::Fail => 2,
            _ => 3,
        });
        self.result = self.faults.first().map_or(DkimResult::Pass, Fault::result);
        self
    }
}
