//! From values to bytes: the same bytes for the same values, always.

use super::{Container, DIGITS, LENGTH_BYTES, MAX_HEADER, MAX_RANK, SEAL, TensorData};
use super::{first_duplicate, name_fault, volume};
use crate::error::{Error, Result};
use crate::store::sha256::sha256_hex;

impl Container {
    /// The file: length of the header, header (padded with spaces to a multiple of 8 bytes), values
    /// (little endian), all in the order given. Errors: [`Error::Internal`] for what could not be
    /// read back: bad or equal names, a shape that does not fit, a value that is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.fault().map_or(Ok(()), |fault| Err(Error::Internal(fault)))?;
        let header = self.header()?;
        let values = |tensor: &super::Tensor| match &tensor.data {
            TensorData::F32(v) => 4 * v.len(),
            TensorData::F64(v) => 8 * v.len(),
        };
        let size = self.tensors.iter().map(values).sum::<usize>() + header.len() + LENGTH_BYTES;
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        for tensor in &self.tensors {
            match &tensor.data {
                TensorData::F32(v) => bytes.extend(v.iter().flat_map(|value| value.to_le_bytes())),
                TensorData::F64(v) => bytes.extend(v.iter().flat_map(|value| value.to_le_bytes())),
            }
        }
        // The digits are still zeros, as the checksum wants them.
        let digits = sha256_hex(&bytes);
        bytes[DIGITS].copy_from_slice(digits.as_bytes());
        Ok(bytes)
    }

    /// The header with zeros for the checksum.
    fn header(&self) -> Result<String> {
        let mut text =
            String::from_utf8_lossy(SEAL).into_owned() + &"0".repeat(DIGITS.len()) + "\"";
        for (key, value) in &self.metadata {
            text += &format!(",{}:{}", json(key)?, json(value)?);
        }
        text.push('}');
        let mut end = 0;
        for tensor in &self.tensors {
            let (dtype, size) = match tensor.data {
                TensorData::F32(_) => ("F32", 4),
                TensorData::F64(_) => ("F64", 8),
            };
            let start = end;
            end += tensor.data.len() * size;
            let shape: Vec<String> = tensor.shape.iter().map(usize::to_string).collect();
            text += &format!(
                r#",{}:{{"dtype":"{dtype}","shape":[{}],"data_offsets":[{start},{end}]}}"#,
                json(&tensor.name)?,
                shape.join(",")
            );
        }
        text.push('}');
        let padded = (LENGTH_BYTES + text.len()).next_multiple_of(8);
        text += &" ".repeat(padded - LENGTH_BYTES - text.len());
        if text.len() as u64 > MAX_HEADER {
            return Err(Error::Internal("the header of a model file is over 100 MB".to_owned()));
        }
        Ok(text)
    }

    fn fault(&self) -> Option<String> {
        let keys = self.metadata.iter().map(|(key, _)| key.as_str());
        let names = self.tensors.iter().map(|tensor| tensor.name.as_str());
        if let Some(key) = first_duplicate(std::iter::once("checksum").chain(keys)) {
            return Some(format!("metadata {key} is given twice"));
        }
        if let Some(name) = first_duplicate(names) {
            return Some(format!("tensor {name} is given twice"));
        }
        self.tensors.iter().find_map(|tensor| {
            let name = &tensor.name;
            if let Some(fault) = name_fault(name) {
                return Some(fault);
            }
            if tensor.shape.len() > MAX_RANK || volume(&tensor.shape) != Some(tensor.data.len()) {
                let (shape, len) = (&tensor.shape, tensor.data.len());
                return Some(format!("tensor {name} of shape {shape:?} has {len} values"));
            }
            tensor.first_non_finite().map(|place| format!("non-finite weight {place}"))
        })
    }
}

fn json(text: &str) -> Result<String> {
    serde_json::to_string(text).map_err(|e| Error::Internal(e.to_string()))
}
