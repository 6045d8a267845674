//! Versions, cipher suites and features of the protocol.

use lr_core::{Rule, Severity};

/// No version of SSL is offered.
pub static SSL: Rule = Rule::new("tls/ssl", Severity::High)
    .says("SSL 2.0 and 3.0 are off", "a version of SSL is on")
    .because("SSL is broken (DROWN, POODLE): who records a visit can read it, and audits such as PCI DSS fail")
    .fix("enable TLS 1.2 and 1.3 alone; the server's TLS library is very old and should be replaced")
    .see(&[("RFC 6176", "https://www.rfc-editor.org/rfc/rfc6176"), ("RFC 7568", "https://www.rfc-editor.org/rfc/rfc7568")]);

/// No version before TLS 1.2 is offered.
pub static OLD_VERSIONS: Rule = Rule::new("tls/old-versions", Severity::Medium)
    .says("TLS 1.0 and 1.1 are off", "TLS 1.0 or 1.1 is on")
    .because("these versions are deprecated and rest on SHA-1 and MD5; audits such as PCI DSS fail")
    .fix("enable TLS 1.2 and 1.3 alone (nginx: `ssl_protocols TLSv1.2 TLSv1.3`)")
    .see(&[
        ("RFC 8996", "https://www.rfc-editor.org/rfc/rfc8996"),
        ("RFC 9325, section 3.1.1", "https://www.rfc-editor.org/rfc/rfc9325#section-3.1.1"),
    ]);

/// Hellos with TLS 1.3 are answered, if only with TLS 1.2.
pub static TOLERANCE: Rule = Rule::new("tls/version-tolerance", Severity::Critical)
    .says("a client that offers TLS 1.3 is answered", "a client that offers TLS 1.3 is not answered")
    .because("every browser of today offers TLS 1.3: it gets no answer, or only after it tried something else")
    .fix("replace the device or library that ends TLS, or what inspects it on the way")
    .see(&[("RFC 8446, section 4.2.1", "https://www.rfc-editor.org/rfc/rfc8446#section-4.2.1")]);

/// Hellos larger than a packet are answered.
pub static LARGE_HELLO: Rule = Rule::new("tls/large-hello", Severity::High)
    .says("a hello larger than a packet is answered", "a hello larger than a packet is not answered")
    .because("current browsers send larger hellos, for post-quantum key shares: they wait in vain")
    .fix("update the load balancer or firewall in front of the server: it reads one packet and no more")
    .see(&[("tldr.fail", "https://tldr.fail/"), ("RFC 8446, section 5.1", "https://www.rfc-editor.org/rfc/rfc8446#section-5.1")]);

/// No suite without encryption.
pub static NULL: Rule = Rule::new("tls/null-suites", Severity::High)
    .says("every cipher suite encrypts", "a cipher suite without encryption is on")
    .because("whoever is on the way can read what clients send that agree on it")
    .fix("remove the suites with NULL (OpenSSL: `!eNULL`)")
    .see(&[("RFC 9325, section 4.1", "https://www.rfc-editor.org/rfc/rfc9325#section-4.1")]);

/// No anonymous suite.
pub static ANONYMOUS: Rule = Rule::new("tls/anonymous-suites", Severity::High)
    .says(
        "every cipher suite authenticates the server",
        "a cipher suite without a certificate is on",
    )
    .because("whoever is on the way can pose as the server to clients that agree on it")
    .fix("remove the anonymous suites (OpenSSL: `!aNULL`)")
    .see(&[
        ("RFC 9325, section 4.1", "https://www.rfc-editor.org/rfc/rfc9325#section-4.1"),
        ("RFC 5246, section 7.4.3", "https://www.rfc-editor.org/rfc/rfc5246#section-7.4.3"),
    ]);

/// No suite of export strength.
pub static EXPORT: Rule = Rule::new("tls/export-suites", Severity::High)
    .says("no suite of export strength is on", "a cipher suite of export strength is on")
    .because("its keys are found in minutes, and others can be talked down to it (FREAK, Logjam)")
    .fix("remove the suites with EXPORT (OpenSSL: `!EXPORT`), and update the TLS library")
    .see(&[("RFC 9325, section 4.1", "https://www.rfc-editor.org/rfc/rfc9325#section-4.1")]);

/// No suite with RC4.
pub static RC4: Rule = Rule::new("tls/rc4-suites", Severity::Medium)
    .says("no suite with RC4 is on", "a cipher suite with RC4 is on")
    .because("RC4 gives away what is sent often, such as cookies")
    .fix("remove the suites with RC4 (OpenSSL: `!RC4`)")
    .see(&[("RFC 7465", "https://www.rfc-editor.org/rfc/rfc7465")]);

/// No suite with small blocks.
pub static SMALL_BLOCK: Rule = Rule::new("tls/small-block-suites", Severity::Medium)
    .says("no suite with blocks of 64 bits is on", "a cipher suite with blocks of 64 bits is on")
    .because("DES is broken, and 3DES gives itself away on long connections (Sweet32)")
    .fix("remove the suites with DES, 3DES and IDEA (OpenSSL: `!DES:!3DES:!IDEA`)")
    .see(&[
        ("RFC 9325, section 4.1", "https://www.rfc-editor.org/rfc/rfc9325#section-4.1"),
        ("Sweet32", "https://sweet32.info/"),
    ]);

/// Forward secrecy for clients that can.
pub static FORWARD_SECRECY: Rule = Rule::new("tls/forward-secrecy", Severity::Medium)
    .says("keys of connections are forgotten", "keys of connections are not forgotten")
    .because("who records traffic and gets the server's key some day can read all of it")
    .fix("enable ECDHE suites, and let the server prefer them")
    .see(&[("RFC 9325, section 4.1", "https://www.rfc-editor.org/rfc/rfc9325#section-4.1")]);

/// An AEAD suite is offered.
pub static AEAD: Rule = Rule::new("tls/authenticated-encryption", Severity::Low)
    .says("authenticated encryption is offered", "encryption in CBC mode is all there is")
    .because("CBC mode has been attacked again and again (Lucky13 and others); HTTP/2 forbids it")
    .fix("enable suites with AES-GCM or ChaCha20-Poly1305, or TLS 1.3")
    .see(&[
        ("RFC 9325, section 4.2", "https://www.rfc-editor.org/rfc/rfc9325#section-4.2"),
        ("RFC 9113, section 9.2.2", "https://www.rfc-editor.org/rfc/rfc9113#section-9.2.2"),
    ]);

/// Finite-field groups have 2048 bits.
pub static DH_SIZE: Rule = Rule::new("tls/dh-size", Severity::Medium)
    .says("Diffie-Hellman groups are large enough", "a Diffie-Hellman group is too small")
    .because("states, and for 512 bits anyone, can compute keys of such groups (Logjam); current clients refuse them")
    .fix("remove the DHE suites, or make parameters of 2048 bits or more")
    .see(&[("RFC 9325, section 4.1", "https://www.rfc-editor.org/rfc/rfc9325#section-4.1"), ("Logjam", "https://weakdh.org/")]);

/// TLS compression is off.
pub static COMPRESSION: Rule = Rule::new("tls/compression", Severity::High)
    .says("TLS compression is off", "TLS compression is on")
    .because("cookies can be guessed from the length of what is sent (CRIME)")
    .fix("switch compression off, and update the TLS library")
    .see(&[("RFC 9325, section 3.3", "https://www.rfc-editor.org/rfc/rfc9325#section-3.3")]);

/// Secure renegotiation is supported.
pub static RENEGOTIATION: Rule = Rule::new("tls/secure-renegotiation", Severity::Medium)
    .says("renegotiation is secure", "renegotiation is not secure")
    .because("who is on the way can put words before those of a client")
    .fix("update the TLS library: all have supported RFC 5746 since 2010")
    .see(&[
        ("RFC 5746", "https://www.rfc-editor.org/rfc/rfc5746"),
        ("RFC 9325, section 3.5", "https://www.rfc-editor.org/rfc/rfc9325#section-3.5"),
    ]);

/// Extended master secret is supported.
pub static EMS: Rule = Rule::new("tls/extended-master-secret", Severity::Info)
    .says("sessions are bound to their handshake", "sessions are not bound to their handshake")
    .because("sessions of TLS 1.2 can be synchronised between servers (triple handshake); some clients refuse to resume them")
    .fix("update the TLS library: all have supported RFC 7627 for years")
    .see(&[("RFC 7627", "https://www.rfc-editor.org/rfc/rfc7627"), ("RFC 9325, section 3.5", "https://www.rfc-editor.org/rfc/rfc9325#section-3.5")]);

/// No client certificate is required.
pub static CLIENT_CERTIFICATE: Rule = Rule::new("tls/no-client-certificate", Severity::High)
    .says("visitors need no certificate of their own", "visitors need a certificate of their own")
    .because("browsers show a dialogue or an error: only who has been given a certificate can open the site")
    .fix("switch client certificates off for the public host (nginx: `ssl_verify_client off`)")
    .see(&[("RFC 8446, section 4.3.2", "https://www.rfc-editor.org/rfc/rfc8446#section-4.3.2")]);

/// ALPN agrees on h2.
pub static HTTP2: Rule = Rule::new("tls/http2", Severity::Low)
    .says("HTTP/2 is offered", "HTTP/2 is not offered")
    .because("pages with many parts load slower: browsers open six connections and wait in line")
    .fix("enable it (nginx: `http2 on`; Apache: `Protocols h2 http/1.1`)")
    .see(&[
        ("RFC 9113, section 3.2", "https://www.rfc-editor.org/rfc/rfc9113#section-3.2"),
        ("RFC 7301", "https://www.rfc-editor.org/rfc/rfc7301"),
    ]);

/// An HSTS policy is sent.
pub static HSTS: Rule = Rule::new("tls/hsts", Severity::Low)
    .says("browsers are told to use HTTPS alone", "browsers are not told to use HTTPS alone")
    .because("the first request of a visit may go out in plain text, and who is on the way can keep it so")
    .fix("send `Strict-Transport-Security: max-age=63072000`, at first with a short time")
    .see(&[("RFC 6797, section 6.1", "https://www.rfc-editor.org/rfc/rfc6797#section-6.1")]);

/// The certificate without SNI covers the host.
pub static DEFAULT_CERTIFICATE: Rule = Rule::new("tls/default-certificate", Severity::Info)
    .says("clients without server name get this host's certificate", "clients without server name get another certificate")
    .because("very old clients, and some monitors and webhooks, send no server name and see a foreign certificate")
    .fix("make this host the default of the listener, if such clients matter")
    .see(&[("RFC 6066, section 3", "https://www.rfc-editor.org/rfc/rfc6066#section-3")]);

/// X25519MLKEM768 is offered.
pub static POST_QUANTUM: Rule = Rule::new("tls/post-quantum", Severity::Info)
    .says("a post-quantum key exchange is offered", "no post-quantum key exchange is offered")
    .because("who records traffic today can read it once there are quantum computers; browsers offer X25519MLKEM768")
    .fix("update the TLS library (OpenSSL 3.5, Go 1.24, BoringSSL) and enable X25519MLKEM768")
    .see(&[("Mozilla TLS guidelines", "https://wiki.mozilla.org/Security/Server_Side_TLS"), ("IANA: TLS supported groups", "https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml")]);
