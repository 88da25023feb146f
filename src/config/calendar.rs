//! What the calendar and the clock say of the time of a row, by the names that `data.inputs` knows them by.

/// A figure of a time that comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarField {
    /// Minutes of the hour.
    Minute,
    /// Hours of the day, minutes and seconds as a fraction.
    Hour,
    /// Days of the week from Monday, the time of day as a fraction.
    Weekday,
    /// Days of the month.
    DayOfMonth,
    /// Days of the year.
    DayOfYear,
    /// Months of the year.
    Month,
}

impl CalendarField {
    /// All, by name.
    pub const ALL: [(&str, CalendarField); 6] = [
        ("@minute", CalendarField::Minute),
        ("@hour", CalendarField::Hour),
        ("@weekday", CalendarField::Weekday),
        ("@day_of_month", CalendarField::DayOfMonth),
        ("@day_of_year", CalendarField::DayOfYear),
        ("@month", CalendarField::Month),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
    }
}
