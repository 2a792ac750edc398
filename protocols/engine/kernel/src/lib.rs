//! The first stage of the engine: says of the bytes of events, in one pass that keeps nothing, whether they are what a plan asks for.
//!
//! A program (`program.rs`) is walked through with each line (`walk.rs`, `scan.rs`); what is wrong in many lines is folded
//! (`fold.rs`). These bytes come from strangers, so all of it is safe code: what is not stands in `python.rs`, where Python calls,
//! and in one function of `bytes.rs`.

#![deny(unsafe_code)]
#![cfg_attr(test, allow(dead_code))] // it is Python's side that calls, and that is left out of tests

mod bytes;
mod decode;
mod fold;
mod keys;
mod lines;
mod program;
#[cfg(not(test))] // what Python brings is not there in tests
#[allow(unsafe_code)]
mod python;
mod scan;
mod walk;
