//! An observer that draws.
