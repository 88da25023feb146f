//! Small files, and what a survey finds in them.

use super::*;
use crate::data::time::TimeKind;

fn survey(text: &str) -> Survey {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, text).unwrap();
    Survey::read(&path).unwrap()
}

/// `rows` lines made from their numbers, after a header.
fn file(header: &str, rows: usize, line: impl Fn(usize) -> String) -> String {
    let lines: String = (0..rows).map(|k| line(k) + "\n").collect();
    format!("{header}\n{lines}")
}

fn names(survey: &Survey, places: &[usize]) -> Vec<String> {
    places.iter().map(|&place| survey.columns[place].name.clone()).collect()
}

#[test]
fn marks_are_found() {
    let marks = |text: &str| {
        let found = survey(text).dialect;
        (char::from(found.delimiter), char::from(found.decimal))
    };
    assert_eq!(marks("a,b\n1.5,2\n3,4\n"), (',', '.'));
    assert_eq!(marks("a;b\n1,5;2\n3;4\n"), (';', ','));
    assert_eq!(marks("a;b\n1.5;2\n3;4\n"), (';', '.'));
    assert_eq!(marks("a\tb\n1.5\tx, y\n3\t4\n"), ('\t', '.'));
    assert_eq!(marks("a|b\n1.5|2\n3|4\n"), ('|', '.'));
    assert_eq!(marks("a;b\n1,234;2\n20,038;4\n"), (';', ','));
    assert_eq!(marks("a;b\n1,234;2.5\n20,038;4\n"), (';', '.'));
    assert_eq!(marks("a\n1\n2\n"), (',', '.'));
    // Thousands in quotes prove no decimal comma; a plain decimal does.
    assert_eq!(marks("a,b\n\"1,234\",2\n\"5,678\",4\n"), (',', '.'));
    assert_eq!(marks("a,b\n\"1,5\",2\n\"5,678\",4\n"), (',', ','));
}

#[test]
fn columns_are_what_their_cells_are() {
    let text = file("n,word,when,odd,empty,same,slip", 50, |k| {
        let slip = if k == 30 { "err".to_owned() } else { k.to_string() };
        let number = if k == 3 { String::new() } else { format!("{}.5", k * k % 7) };
        format!("{number},w{},2024-01-{:02},{}/1/2024,,7,{slip}", k % 3, k % 28 + 1, k % 28 + 1)
    });
    let found = survey(&text);
    let kinds: Vec<Kind> = found.columns.iter().map(ColumnSurvey::kind).collect();
    let expected = [
        Kind::Number,
        Kind::Text,
        Kind::Time,
        Kind::Time,
        Kind::Empty,
        Kind::Number,
        Kind::Slipped,
    ];
    assert_eq!(kinds, expected);
    let number = &found.columns[0];
    assert_eq!((number.filled, number.empty, number.first_empty), (49, 1, Some(5)));
    assert_eq!((number.whole, number.moments.max), (false, 4.5));
    assert_eq!(found.columns[1].distinct(), Some(3));
    assert!(found.columns[5].constant());
    let (count, odd) = (found.columns[6].odd, found.columns[6].first_odd.clone().unwrap());
    assert_eq!((count, odd.line, &odd.text[..], odd.is_word), (1, 32, "\"err\"", true));
}

#[test]
fn time_has_a_step_and_gaps() {
    let text = file("time,x", 30, |k| format!("2024-01-01 {:02}:{:02}:00,{k}", k / 10, k % 10 * 2));
    let found = survey(&text);
    let time = found.time.unwrap();
    assert_eq!(time.span(time.step().unwrap()), "2 min");
    assert_eq!((time.timeline.kind, time.timeline.gaps.len()), (TimeKind::Local, 2));
    let gap = time.timeline.longest_gap().unwrap();
    assert_eq!((time.span(gap.nanos.into()), time.gap_line), ("42 min".to_owned(), Some(12)));
    assert_eq!(time.disorder_line, None);
}

#[test]
fn a_clock_set_back_once_is_still_a_clock() {
    let minute = |k: usize| if k < 150 { k } else { k - 20 };
    let text = file("time,x", 200, |k| {
        format!("2024-01-01 {:02}:{:02}:00,{k}", minute(k) / 60, minute(k) % 60)
    });
    let found = survey(&text);
    let time = found.time.unwrap();
    assert_eq!((time.timeline.disordered, time.disorder_line), (1, Some(152)));
}

#[test]
fn series_are_told_apart_by_the_column_under_which_times_go_up() {
    // Three sensors at every hour; the mode does not sort, the sensor does.
    let text = file("hour,mode,sensor,x", 60, |k| {
        format!("2024-01-01 {:02}:00:00,m{},s{},{k}", k / 3, k / 2 % 2, k % 3)
    });
    let found = survey(&text);
    assert_eq!(names(&found, &found.series), ["sensor"]);
    assert_eq!(found.extent, Extent { series: 3, shortest: 20, longest: 20 });
    assert_eq!(found.time.unwrap().disorder_line, None);
}

#[test]
fn two_columns_together_may_name_a_series() {
    let text = file("day,store,item,sold", 120, |k| {
        format!("2024-01-{:02},{},{},{}", k / 6 + 1, k % 2 + 1, k % 6 / 2 + 1, k * 7 % 13)
    });
    let found = survey(&text);
    assert_eq!(names(&found, &found.series), ["store", "item"]);
    assert_eq!(found.extent.series, 6);
}

#[test]
fn plain_numbers_are_time_by_their_name() {
    let found = survey(&file("series,t,x", 40, |k| format!("{},{},{}", k / 20, k % 20, k * k % 7)));
    let time = found.time.clone().unwrap();
    assert_eq!((time.column, time.timeline.kind, time.step()), (1, TimeKind::Number, None));
    assert_eq!(names(&found, &found.series), ["series"]);
    // Unix times in milliseconds tell how long a step is.
    let found =
        survey(&file("ts,x", 40, |k| format!("{},{k}", 1_700_000_000_000_u64 + 500 * k as u64)));
    assert_eq!(found.time.unwrap().step(), Some(500_000_000));
}

#[test]
fn working_days_and_months_are_recognised() {
    let text = file("date,x", 15, |k| format!("2024-01-{:02},{k}", k / 5 * 7 + k % 5 + 1)); // from a Monday on
    let time = survey(&text).time.unwrap();
    assert!(time.is_weekdays() && time.timeline.gaps.is_empty());
    let text = file("month,x", 40, |k| format!("{}-{:02}-01,{k}", 2000 + k / 12, k % 12 + 1));
    assert!(survey(&text).time.unwrap().is_monthly());
}

#[test]
fn what_is_no_table_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let refused = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Survey::read(&path).unwrap_err().to_string()
    };
    assert!(refused("").contains("the file is empty"));
    assert!(refused("a,b\n").contains("no data rows"));
    assert!(refused("a,b\n1,2\n3\n").contains("row has 1 field, header has 2"));
}

#[test]
fn rows_from_the_newest_to_the_oldest_are_to_be_sorted() {
    let newest_first: String =
        (1..30).rev().map(|day| format!("2024-05-{day:02},{day}\n")).collect();
    let found = survey(&format!("day,x\n{newest_first}"));
    let time = found.time.unwrap();
    assert_eq!((time.order, time.timeline.disordered), (Disorder::Sort, 0));
    assert_eq!((&time.timeline.first[..], &time.timeline.last[..]), ("2024-05-01", "2024-05-29"));
    let by_sensor =
        |sensor| (1..20).rev().map(move |day| format!("{sensor},2024-05-{day:02},{day}\n"));
    let two: String = by_sensor("a").chain(by_sensor("b")).collect();
    let found = survey(&format!("sensor,day,x\n{two}"));
    assert_eq!(names(&found, &found.series), ["sensor"]);
    assert_eq!(found.time.unwrap().order, Disorder::Sort);
    // At random, each time once.
    let text = file("day,x", 30, |k| format!("2024-05-{:02},{k}", k * 7 % 30 + 1));
    assert_eq!(survey(&text).time.unwrap().order, Disorder::Sort);
}

#[test]
fn times_that_stand_there_twice_are_no_clock_set_back() {
    let text = file("time,x", 300, |k| {
        format!("2024-01-01 {:02}:{:02}:00,{k}", (k - k / 150) / 60, (k - k / 150) % 60)
    });
    assert_eq!(survey(&text).time.unwrap().order, Disorder::Twice);
}

#[test]
fn other_forms_of_times_and_files_without_a_header_are_found() {
    let found = survey(&file("day,x", 40, |k| format!("{}/{}/2024,{k}", k / 28 + 1, k % 28 + 1)));
    let time = found.time.clone().unwrap();
    assert_eq!(time.format, crate::config::TimeFormat::Pattern("%m/%d/%Y".into()));
    assert_eq!(found.columns[0].forms(), ["%m/%d/%Y"]);
    let found = survey(&file("0,5.5", 40, |k| format!("{},{}", k + 1, k * k % 7)));
    assert_eq!(found.header, HeaderBy::Places);
    assert_eq!((found.rows, &found.columns[1].name[..]), (41, "2"));
}

#[test]
fn a_gzipped_file_is_looked_through_like_the_text_in_it() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv.gz");
    let text = file("t;x", 40, |k| format!("{k};{},5", k * k % 7));
    let file = File::create(&path).unwrap();
    let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap();
    let found = Survey::read(&path).unwrap();
    assert_eq!((found.rows, found.dialect), (40, Dialect { delimiter: b';', decimal: b',' }));
}
