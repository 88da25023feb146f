//! Finding columns, and errors that name line, column and value.

use super::*;
use crate::data::reader::number::Cell;

fn header(text: &str) -> Header {
    table(text.as_bytes()).0
}

fn absent(text: &str, name: &str) -> String {
    message(header(text).position(name, " of data.inputs"))
}

#[test]
fn columns_are_found_by_name() {
    let header = header("\u{feff}time,temp,\"flow, l/s\"\n");
    assert_eq!(header.position("time", " of data.inputs").unwrap(), 0);
    assert_eq!(header.position("flow, l/s", " of data.inputs").unwrap(), 2);
    assert_eq!(header.find("target").unwrap(), None);
}

#[test]
fn a_file_without_a_line_has_no_header() {
    for text in ["", "\u{feff}\n\n"] {
        let mut reader = RecordReader::new(text.as_bytes(), "data.csv", Dialect::default());
        let expected = "data.csv: no data rows: the file is empty";
        assert_eq!(message(Header::read(&mut reader)), expected);
    }
}

#[test]
fn an_absent_column_is_answered_with_the_nearest_and_the_header() {
    assert_eq!(
        absent("time,temp,flow\n", "tmp"),
        "data.csv:1: column \"tmp\" of data.inputs is not in the header; did you mean \"temp\"? \
         It has \"time\", \"temp\", \"flow\""
    );
    assert!(absent("time,Temp\n", "temp").contains("did you mean \"Temp\"?"));
    assert!(!absent("time,temp\n", "pressure").contains("did you mean"));
    let wide: Vec<String> = (0..5000).map(|place| format!("column{place}")).collect();
    let error = absent(&wide.join(","), "x");
    assert!(error.len() < 400 && error.ends_with("… (5000 columns)"), "{error}");
}

#[test]
fn a_padded_name_is_recognised() {
    assert!(absent("time, temp\n", "temp").contains("did you mean \" temp\", with its spaces?"));
}

#[test]
fn other_delimiters_are_recognised() {
    assert!(absent("time;temp;flow\n", "temp").contains("looks ';'-separated"));
    assert!(absent("time\ttemp\n", "temp").contains("looks '\\t'-separated"));
    assert!(!absent("time,temp;1\n", "flow").contains("separated"));
}

#[test]
fn a_header_that_is_data_is_recognised() {
    for text in ["1,2.5,-3e4\n", "2024-05-01T00:00:00Z,12.5,\n", "NA,1\n"] {
        assert!(absent(text, "temp").contains("first line looks like data ("), "{text}");
    }
    assert!(!absent("2m_temp,10m_wind\n", "temp").contains("looks like data"));
    // Words may stand among the data.
    assert!(absent("2024-05-01,MSFT,23.9\n", "temp").contains("looks like data"));
    assert!(!absent("site,2019,load\n", "temp").contains("looks like data"));
    // Numbers may be names.
    assert_eq!(header("0,1,2\n").position("1", " of data.inputs").unwrap(), 1);
}

#[test]
fn a_name_that_stands_twice_is_refused_where_it_is_used() {
    let header = header("a,temp,,b,temp,\n");
    let expected = "data.csv:1: column \"temp\" stands twice in the header, as 2 and 5; rename one";
    assert_eq!(message(header.position("temp", " of data.inputs")), expected);
    assert_eq!(message(header.find("temp")), expected);
    assert_eq!(header.position("b", " of data.inputs").unwrap(), 3);
}

#[test]
fn a_header_must_be_utf_8() {
    let mut reader =
        RecordReader::new(&b"\na,temp\xe9rature\n"[..], "data.csv", Dialect::default());
    let error = message(Header::read(&mut reader));
    assert!(error.starts_with("data.csv:2: header, column 2: byte 0xe9 (place 5)"), "{error}");
}

#[test]
fn rows_must_have_the_width_of_the_header() {
    let check = |text: &str| {
        let (header, record) = table(text.as_bytes());
        message(header.check_row(&record))
    };
    assert_eq!(
        check("a,b,c\n\n1,2\n"),
        "data.csv:3: row has 2 fields, header has 3; was it cut off?"
    );
    assert_eq!(check("a,b\n1\n"), "data.csv:2: row has 1 field, header has 2; was it cut off?");
    let quotes = "; a cell that holds the delimiter stands in quotes";
    assert_eq!(
        check("a,b\n1,2,3\n"),
        format!("data.csv:2: row has 3 fields, header has 2{quotes}")
    );
    assert!(check("a,b\n1,2,\n").contains("row has 3 fields, header has 2; remove the delimiter"));
    let (header, record) = table(b"a,b\n,\n");
    header.check_row(&record).unwrap();
}

#[test]
fn a_repeated_header_is_refused() {
    for repeat in ["a,b", "\"a\",b", "\u{feff}a,b"] {
        let (header, record) = table(format!("a,b\n\n{repeat}\n").as_bytes());
        let error = message(header.check_row(&record));
        assert!(error.starts_with("data.csv:3: line 3 repeats the header"), "{error}");
    }
    let (header, record) = table(b"a,b\na,1\n");
    header.check_row(&record).unwrap();
}

#[test]
fn a_bad_cell_is_named_in_full() {
    let (header, record) = table(b"time,flow,temp,x\r\n\r\n1,\"a\r\nb\",\"12,5\",2\r\n");
    assert_eq!(
        message(header.number(&record, 2)),
        "data.csv:3: column \"temp\" (3 of 4): \"12,5\" is not a number; \
         decimal comma? Set \"decimal\": \",\" in data, or write a point, as in 12.5"
    );
    assert_eq!(header.number(&record, 3).unwrap(), Cell::Value(2.0));
}

#[test]
fn empty_cells_are_named_in_full() {
    let (header, record) = table(b"a,b\n ,null\n");
    assert_eq!(header.number(&record, 0).unwrap(), Cell::Empty);
    let error = header.empty_error(&record, 0).to_string();
    assert_eq!(
        error,
        "data.csv:2: column \"a\" (1 of 2): the cell is empty; a number is needed: fill it, take the row out, or set \"missing\": \"ffill\" in data to repeat the last value"
    );
    let error = header.empty_error(&record, 1).to_string();
    assert!(error.contains("\"null\" counts as an empty cell"), "{error}");
}

#[test]
fn bytes_that_are_not_utf_8_matter_only_where_they_are_used() {
    let (header, record) = table(b"name,note,value\nM\xfcller,\xff,1\xa0000\n");
    header.check_row(&record).unwrap();
    let error = message(header.text(&record, 0));
    assert!(
        error.starts_with("data.csv:2: column \"name\" (1 of 3): byte 0xfc (place 2) is not UTF-8"),
        "{error}"
    );
    assert!(message(header.number(&record, 2)).contains("byte 0xa0 (place 2) is not UTF-8"));
    let (header, record) = table("name\nM\u{fc}ller\n".as_bytes());
    assert_eq!(header.text(&record, 0).unwrap(), "M\u{fc}ller");
}

#[test]
fn control_characters_never_reach_a_message() {
    let cell = "\u{1b}[2J\u{202e}\rERROR: all is lost";
    let (header, record) = table(format!("a\u{7},b\n1,\"{cell}\"\n").as_bytes());
    let messages = [
        message(header.number(&record, 1)),
        header.empty_error(&record, 1).to_string(),
        message(header.position("\u{1b}c", " of data.inputs")),
        header.cell_error(&record, 0, "x").to_string(),
    ];
    for text in messages {
        assert!(!text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
    let mut reader = RecordReader::new(&b"\0"[..], "a\nb\u{1b}.csv", Dialect::default());
    let text = message(reader.read(&mut Record::default()));
    assert!(text.starts_with("a\\nb\\u{1b}.csv:1: NUL"), "{text}");
}
