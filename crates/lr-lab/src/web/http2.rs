//! HTTP/2, by hyper.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::unfold;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::net::timer::sleep;
use crate::web::body::{Chunks, announced};
use crate::web::http1::{say_nothing, without_port};
use crate::web::reply::{Body, Misbehaviour, Reply, Request};
use crate::web::serve::Endpoint;

type Response = http::Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Answers requests until either side ends the connection.
pub(crate) async fn serve<S>(io: S, endpoint: &Endpoint) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|request| {
        let endpoint = endpoint.clone();
        async move { respond(&request, &endpoint).await }
    });
    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .auto_date_header(false)
        .serve_connection(TokioIo::new(io), service)
        .await
        .map_err(io::Error::other)
}

/// Sends bytes that may be no frames, and reads until the client gives up.
pub(crate) async fn misbehave<S>(mut io: S, bytes: &[u8], endless: bool) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        io.write_all(bytes).await?;
        io.flush().await?;
        if !endless {
            return say_nothing(&mut io).await;
        }
    }
}

async fn respond(
    request: &http::Request<Incoming>,
    endpoint: &Endpoint,
) -> Result<Response, io::Error> {
    let fields = request.headers().iter();
    let request = Request {
        scheme: "https",
        host: request.uri().authority().map(|a| without_port(a.as_str())).unwrap_or_default(),
        method: request.method().to_string(),
        path_and_query: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        headers: fields.map(|(n, v)| (n.to_string(), v.as_bytes().to_vec())).collect(),
        address: endpoint.address,
        count: 0,
        path_count: 0,
    };
    let head_only = request.method == "HEAD";
    let reply = endpoint.answer(request, "HTTP/2");
    // Even no time at all would last until the next tick of the timer, a millisecond.
    if !reply.after.is_zero() {
        sleep(reply.after).await;
    }
    match &reply.misbehaviour {
        None => Ok(response(&reply, head_only)),
        Some(Misbehaviour::Silence) => {
            let forever = std::future::pending::<Infallible>();
            match forever.await {}
        }
        Some(Misbehaviour::HugeHeader(size)) => {
            Ok(response(&Reply::status(200).header("x-huge", vec![b'a'; *size]), head_only))
        }
        Some(_) => Err(io::Error::other("the script wants the stream reset")),
    }
}

fn response(reply: &Reply, head_only: bool) -> Response {
    let bodiless = matches!(reply.status, 100..200 | 204 | 304);
    let mut response = http::Response::new(match bodiless || head_only {
        true => Empty::new().map_err(|never| match never {}).boxed_unsync(),
        false => body(&reply.body),
    });
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            response.headers_mut().append(name, value);
        }
    }
    if let Some(length) = announced(&reply.body)
        && !bodiless
    {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn body(body: &Body) -> UnsyncBoxBody<Bytes, io::Error> {
    let cut_short = matches!(body, Body::CutShort(_));
    let chunks = unfold((Chunks::new(body.clone()), cut_short), |(mut chunks, cut)| async move {
        match chunks.next() {
            Some((wait, chunk)) => {
                if wait > Duration::ZERO {
                    sleep(wait).await;
                }
                Some((Ok(Frame::data(chunk)), (chunks, cut)))
            }
            None if cut => Some((Err(io::Error::other("cut short")), (chunks, false))),
            None => None,
        }
    });
    StreamBody::new(chunks).boxed_unsync()
}
