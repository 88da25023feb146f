//! Reading the JSON files of tests/reference.

use std::path::Path;

use serde_json::Value;

/// A file of tests/reference.
pub fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Numbers of a JSON list; `null` is not a number.
pub fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    list.iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()
}

/// Whole numbers of a JSON list.
pub fn counts(list: &Value) -> Vec<usize> {
    numbers(list).iter().map(|&x| x as usize).collect()
}

/// A whole number.
pub fn count(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("not a count: {value}")) as usize
}

/// A tensor of the reference files: `(shape, values)`, row-major.
pub fn tensor(value: &Value) -> (Vec<usize>, Vec<f64>) {
    let (shape, values) = (counts(&value["shape"]), numbers(&value["values"]));
    assert_eq!(shape.iter().product::<usize>(), values.len(), "shape of {value}");
    (shape, values)
}

/// A tensor of the reference files as f32; nine digits bring every f32 back exactly.
pub fn tensor_f32(value: &Value) -> Vec<f32> {
    tensor(value).1.iter().map(|&x| x as f32).collect()
}
