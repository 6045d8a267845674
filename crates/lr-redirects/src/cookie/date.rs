//! Dates of cookies (RFC 6265, section 5.1.1), which are more lenient than those of HTTP.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Seconds since 1970, if the text is a date.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let is_delimiter = |c: char| matches!(c, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~');
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(read) = clock(token)
        {
            time = Some(read);
        } else if day.is_none()
            && let Some(read) = number(token, 1, 2)
        {
            day = Some(read);
        } else if month.is_none()
            && let Some(read) = month_of(token)
        {
            month = Some(read);
        } else if year.is_none()
            && let Some(read) = number(token, 2, 4)
        {
            year = Some(read);
        }
    }
    let (hour, minute, second) = time?;
    let (day, month) = (day?, month?);
    let year = match year? {
        year @ 70..=99 => 1900 + year,
        year @ 0..=69 => 2000 + year,
        year => year,
    };
    let valid = (1..=31).contains(&day) && year >= 1601 && hour < 24 && minute < 60 && second < 60;
    let days = days_before(year, month) + day - 1;
    valid.then_some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// `hms-time`: three numbers of one or two digits, and perhaps something that is no digit.
fn clock(token: &str) -> Option<(i64, i64, i64)> {
    let mut fields = token.splitn(3, ':');
    let (hour, minute) = (fields.next()?, fields.next()?);
    let all = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit());
    if !all(hour) || !all(minute) {
        return None;
    }
    Some((number(hour, 1, 2)?, number(minute, 1, 2)?, number(fields.next()?, 1, 2)?))
}

/// A number of so many digits, followed by nothing or by what is no digit.
fn number(token: &str, least: usize, most: usize) -> Option<i64> {
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    let fits = (least..=most).contains(&digits);
    token[..digits].parse().ok().filter(|_| fits)
}

/// The month, from 0, that a token begins with.
fn month_of(token: &str) -> Option<i64> {
    let name = token.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| *month == name).and_then(|at| i64::try_from(at).ok())
}

/// Days from 1970 to the first of a month, in the Gregorian calendar.
fn days_before(year: i64, month: i64) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let before = usize::try_from(month).ok().and_then(|month| BEFORE.get(month)).unwrap_or(&0);
    let this = i64::from(is_leap && month > 1);
    (year - 1970) * 365 + leaps(year - 1) - leaps(1969) + before + this
}

#[cfg(test)]
mod tests {
    use lr_core::Timestamp;

    use super::*;
    use crate::exam::cases;

    fn show(text: &str) -> Option<String> {
        seconds(text).map(|at| Timestamp::from_unix(at).to_string())
    }

    #[test]
    fn dates_are_read_as_browsers_do() {
        for (text, expected) in [
            ("Wed, 09 Jun 2021 10:18:14 GMT", Some("2021-06-09T10:18:14Z")),
            ("Thu, 01-Jan-70 00:00:01 GMT", Some("1970-01-01T00:00:01Z")),
            ("29 February 2000 1:2:3", Some("2000-02-29T01:02:03Z")),
            ("1 Mar 2100 00:00:00", Some("2100-03-01T00:00:00Z")),
            ("Jan 1 1600 00:00:00", None),
            ("Jan 32 2020 00:00:00", None),
            ("Jan 1 2020 24:00:00", None),
            ("Jan 1 2020", None),
            ("yesterday", None),
        ] {
            assert_eq!(show(text).as_deref(), expected, "{text}");
        }
    }

    #[derive(serde::Deserialize)]
    struct Case {
        test: String,
        expected: Option<String>,
    }

    /// The dates of the working group on HTTP state, where they are there.
    #[test]
    fn the_complete_set_agrees_where_it_is_there() {
        for file in ["examples.json", "bsd-examples.json"] {
            for case in cases::<Case>(file) {
                let expected = case.expected.as_deref().and_then(seconds);
                assert_eq!(expected.is_some(), case.expected.is_some(), "{:?}", case.expected);
                assert_eq!(seconds(&case.test), expected, "{}", case.test);
            }
        }
    }
}
