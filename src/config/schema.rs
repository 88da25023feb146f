//! The JSON Schema of the config, from the types that parse it.

use super::raw;

/// The schema (draft 2020-12) as pretty-printed JSON with a final newline. Ranges, words, defaults and
/// descriptions are in it; contradictions between keys are not.
pub fn schema() -> String {
    let schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<raw::Config>();
    format!("{:#}\n", schema.as_value())
}
