//! lr-secrets
