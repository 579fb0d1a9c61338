//! The server functions that pages call, one line each into `service`.
