//! A small project with secrets in it. They are put together here from parts and from noise, so
//! that neither this file nor any account contains one.

use std::fs;
use std::io;
use std::path::Path;

use crate::crc::crc32;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Writes the project of the launch into a directory: sources and configuration with a GitHub
/// token (its checksum is right), an AWS access key with its secret, and a live Stripe key, beside
/// look-alikes that are no secrets.
///
/// # Errors
/// What the file system says.
pub fn source_tree(dir: &Path) -> io::Result<()> {
    write(dir, &Secrets::live())
}

/// Writes the same project with the secrets where they belong: in the environment.
///
/// # Errors
/// What the file system says.
pub fn clean_source_tree(dir: &Path) -> io::Result<()> {
    write(dir, &Secrets::from_environment())
}

/// What stands in the project where a secret may stand.
struct Secrets {
    stripe: String,
    github: String,
    aws_id: String,
    aws_secret: String,
}

impl Secrets {
    fn live() -> Self {
        let mut noise = Noise(0x5eed);
        let body = noise.text(30, BASE62);
        let checksum = base62(crc32(body.as_bytes()));
        let alphabet = [BASE62.as_slice(), b"/+"].concat();
        Self {
            stripe: format!("'{}'", ["sk", "live", &noise.text(24, BASE62)].join("_")),
            github: ["ghp", &format!("{body}{checksum}")].join("_"),
            aws_id: ["AK", "IA", &noise.text(16, BASE32)].concat(),
            aws_secret: noise.text(40, &alphabet),
        }
    }

    fn from_environment() -> Self {
        Self {
            stripe: "process.env.STRIPE_SECRET_KEY".to_owned(),
            github: "${GITHUB_TOKEN}".to_owned(),
            aws_id: "${AWS_ACCESS_KEY_ID}".to_owned(),
            aws_secret: "${AWS_SECRET_ACCESS_KEY}".to_owned(),
        }
    }
}

fn write(dir: &Path, secrets: &Secrets) -> io::Result<()> {
    let Secrets { stripe, github, aws_id, aws_secret } = secrets;
    let mut noise = Noise(0x100c);
    let publishable = ["pk", "live", &noise.text(24, BASE62)].join("_");
    let commit = noise.text(40, b"0123456789abcdef");
    let integrity = noise.text(86, BASE62);
    let example_id = ["AK", "IA", "IOSFODNN7", "EXAMPLE"].concat();
    let placeholder = ["ghp", &"x".repeat(36)].join("_");
    let files = [
        (
            "README.md",
            format!(
                "# Shop\n\nThe shop, as of commit {commit}.\n\n\
                 To deploy, export `GITHUB_TOKEN={placeholder}` and\n\
                 `AWS_ACCESS_KEY_ID={example_id}`, with your own values.\n"
            ),
        ),
        (".gitignore", "node_modules/\ndist/\n.env.local\n".to_owned()),
        (
            "package.json",
            "{\n  \"name\": \"shop\",\n  \"private\": true,\n  \"version\": \"1.4.0\"\n}\n"
                .to_owned(),
        ),
        (
            "package-lock.json",
            format!(
                "{{\n  \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"node_modules/stripe\": {{\n      \
                 \"version\": \"18.1.0\",\n      \"integrity\": \"sha512-{integrity}==\"\n    }}\n  }}\n}}\n"
            ),
        ),
        (
            "src/payments.js",
            format!(
                "import Stripe from 'stripe';\n\n\
                 // The publishable key is meant to be seen.\n\
                 export const publishableKey = '{publishable}';\n\
                 const stripe = new Stripe({stripe});\n\n\
                 export const charge = (amount, token) =>\n  \
                 stripe.charges.create({{ amount, currency: 'eur', source: token }});\n"
            ),
        ),
        (
            "src/search.js",
            "export const search = async (db, words) =>\n  db.query('select * from products where \
             match(name, $1)', [words]);\n"
                .to_owned(),
        ),
        (
            "config/deploy.yml",
            format!(
                "registry: ghcr.io/shop-test\nimage: shop\nusername: deploy\n\
                 password: {github}\nrequest_id: 6f1c2a34-9b7d-4e0f-8a51-3c2b1d0e9f87\n"
            ),
        ),
        (
            ".env",
            format!(
                "NODE_ENV=production\nAWS_REGION=eu-west-1\nAWS_ACCESS_KEY_ID={aws_id}\n\
                 AWS_SECRET_ACCESS_KEY={aws_secret}\nDATABASE_HOST=db.internal\n"
            ),
        ),
        (
            ".env.example",
            "NODE_ENV=production\nAWS_ACCESS_KEY_ID=\nAWS_SECRET_ACCESS_KEY=your-secret-here\n"
                .to_owned(),
        ),
    ];
    for (name, text) in files {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// The same noise for the same seed, so that two runs of the demo agree.
struct Noise(u64);

impl Noise {
    fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        let letter = || {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            char::from(alphabet[(self.0 >> 24) as usize % alphabet.len()])
        };
        std::iter::repeat_with(letter).take(length).collect()
    }
}

/// Six base-62 digits, as at the end of GitHub's tokens.
fn base62(mut number: u32) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(number % 62) as usize];
        number /= 62;
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_shape_of_their_kind() {
        let secrets = Secrets::live();
        let (prefix, rest) = secrets.github.split_once('_').unwrap();
        assert_eq!((prefix, rest.len()), ("ghp", 36));
        assert_eq!(rest[30..], base62(crc32(&rest.as_bytes()[..30])));
        assert_eq!((secrets.aws_id.len(), secrets.aws_secret.len()), (20, 40));
        assert!(
            secrets.aws_id.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
        );
        assert_eq!(secrets.stripe.len(), 34);
    }

    #[test]
    fn base62_digits_are_those_of_the_number() {
        assert_eq!(base62(0), "000000");
        assert_eq!(base62(61), "00000z");
        assert_eq!(base62(62), "000010");
        assert_eq!(base62(u32::MAX), "4gfFC3");
    }
}
