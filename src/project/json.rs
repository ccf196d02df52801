//! JSON, read by the rules of JSON and kept as the same values that YAML comes to.

use super::yaml::{Damage, Value};

/// How many values a text may hold: as many as the tokens of YAML make.
const VALUE_LIMIT: usize = 100_000;

/// Reads JSON, in which a key that stands twice counts the second time. How deep it nests is bounded by the library.
pub(super) fn read(text: &[u8]) -> Result<Value, Damage> {
    // The gate of YAML, for what is not read by it.
    if text.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > VALUE_LIMIT {
        return Err(Damage { message: format!("it holds more than {VALUE_LIMIT} values"), line: 0, column: 0 });
    }
    serde_json::from_slice(text).map(converted).map_err(|error| Damage {
        message: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
        line: u32::try_from(error.line()).unwrap_or_default(),
        column: u32::try_from(error.column()).unwrap_or_default(),
    })
}

fn converted(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => {
            let whole = number.as_i64().map(Into::into).or_else(|| number.as_u64().map(Into::into));
            Value::Number(whole.unwrap_or_else(|| number.as_f64().unwrap_or_default().into()))
        }
        serde_json::Value::String(text) => Value::String(text),
        serde_json::Value::Array(items) => Value::Sequence(items.into_iter().map(converted).collect()),
        serde_json::Value::Object(map) => {
            Value::Mapping(map.into_iter().map(|(key, value)| (Value::String(key), converted(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_values_are_read_and_no_more() {
        let list = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert!(read(list(VALUE_LIMIT).as_bytes()).is_ok());
        let told = read(list(VALUE_LIMIT + 1).as_bytes()).unwrap_err().message;
        assert_eq!(told, format!("it holds more than {VALUE_LIMIT} values"));
    }
}
