use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;

/// A request as a site sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `"http"` or `"https"`.
    pub scheme: &'static str,
    /// Host asked for, lower case, without the port.
    pub host: String,
    /// Request method.
    pub method: String,
    /// Path and query, as sent.
    pub path_and_query: String,
    /// Header fields in order, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Nominal address that was contacted.
    pub address: IpAddr,
    /// How many requests the site has answered before this one.
    pub count: u64,
    /// How many of them were for this path.
    pub path_count: u64,
}

impl Request {
    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }

    /// The first field of a name (lower case), if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let field = self.headers.iter().find(|(field, _)| field == name)?;
        std::str::from_utf8(&field.1).ok()
    }
}

/// What a site answers.
///
/// Over HTTP/2, what concerns bytes below HTTP ([`Self::garbage`], [`Self::raw`],
/// [`Self::reset`], [`Self::hang_up`], endless headers) ends the stream with a reset instead.
///
/// ```
/// use lr_lab::Reply;
/// use std::time::Duration;
///
/// let moved = Reply::redirect(308, "https://shop.test/").header("cache-control", "no-store");
/// let slow = Reply::text("at last").after(Duration::from_millis(300));
/// let bomb = Reply::gzip_bomb(1 << 30);
/// # let _ = (moved, slow, bomb);
/// ```
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Body,
    pub(crate) after: Duration,
    pub(crate) misbehaviour: Option<Misbehaviour>,
}

/// The body of a reply; long ones are made while they are sent.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Bytes(Bytes),
    /// So many bytes, as Content-Length says.
    Long(u64),
    Endless,
    /// So many bytes when inflated.
    Bomb(u64),
    /// One byte at a time.
    Drip(Bytes, Duration),
    /// Ends before what Content-Length says.
    CutShort(Bytes),
}

/// What is not HTTP at all.
#[derive(Clone, Debug)]
pub(crate) enum Misbehaviour {
    Silence,
    Reset,
    HangUp,
    Raw(Bytes),
    EndlessHeaders,
    HugeHeader(usize),
}

impl Reply {
    /// An empty reply with this status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Bytes(Bytes::new()),
            after: Duration::ZERO,
            misbehaviour: None,
        }
    }

    /// 200 with plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::status(200).header("content-type", "text/plain; charset=utf-8").body(text.into())
    }

    /// 200 with HTML.
    #[must_use]
    pub fn html(html: impl Into<String>) -> Self {
        Self::status(200).header("content-type", "text/html; charset=utf-8").body(html.into())
    }

    /// A redirect; the location may be any bytes that a header field can hold.
    #[must_use]
    pub fn redirect(status: u16, location: impl AsRef<[u8]>) -> Self {
        Self::status(status).header("location", location)
    }

    /// Never answers, and keeps the connection open.
    #[must_use]
    pub fn silence() -> Self {
        Self::misbehaving(Misbehaviour::Silence)
    }

    /// Resets the connection.
    #[must_use]
    pub fn reset() -> Self {
        Self::misbehaving(Misbehaviour::Reset)
    }

    /// Closes the connection without an answer.
    #[must_use]
    pub fn hang_up() -> Self {
        Self::misbehaving(Misbehaviour::HangUp)
    }

    /// Sends bytes that are no HTTP, and closes.
    #[must_use]
    pub fn garbage() -> Self {
        Self::raw(b"\x00\xff\xfe)]}' what is this?\r\n\r\n\r\n".as_slice())
    }

    /// Sends exactly these bytes, and closes.
    #[must_use]
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self::misbehaving(Misbehaviour::Raw(bytes.into()))
    }

    /// Sends header fields without end.
    #[must_use]
    pub fn endless_headers() -> Self {
        Self::misbehaving(Misbehaviour::EndlessHeaders)
    }

    /// Sends one header field of this many bytes, and closes.
    #[must_use]
    pub fn huge_header(bytes: usize) -> Self {
        Self::misbehaving(Misbehaviour::HugeHeader(bytes))
    }

    /// 200 with a body that does not end.
    #[must_use]
    pub fn endless_body() -> Self {
        Self { body: Body::Endless, ..Self::text("") }
    }

    /// 200 with a body of this many bytes, which are never all in memory.
    #[must_use]
    pub fn long_body(bytes: u64) -> Self {
        Self { body: Body::Long(bytes), ..Self::text("") }
    }

    /// 200 with a gzip body about 1/150 of the size it has when inflated.
    #[must_use]
    pub fn gzip_bomb(inflated_bytes: u64) -> Self {
        let reply = Self { body: Body::Bomb(inflated_bytes), ..Self::text("") };
        reply.header("content-encoding", "gzip")
    }

    /// 200 with text that comes byte by byte.
    #[must_use]
    pub fn drip(text: impl Into<String>, every: Duration) -> Self {
        Self { body: Body::Drip(text.into().into(), every), ..Self::text("") }
    }

    /// 200 with text that ends, with the connection, before its announced length.
    #[must_use]
    pub fn cut_short(text: impl Into<String>) -> Self {
        Self { body: Body::CutShort(text.into().into()), ..Self::text("") }
    }

    /// Adds a header field. Bytes that no header can hold are left to [`Self::raw`].
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.as_ref().to_vec()));
        self
    }

    /// Removes the fields of a name.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(field, _)| !field.eq_ignore_ascii_case(name));
        self
    }

    /// Has this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    /// Has this status, whatever the constructor said.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Takes this long before the first byte.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }

    fn misbehaving(misbehaviour: Misbehaviour) -> Self {
        Self { misbehaviour: Some(misbehaviour), ..Self::status(200) }
    }
}
