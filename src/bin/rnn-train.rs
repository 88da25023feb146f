//! stub, replaced in this session
fn main() {}
