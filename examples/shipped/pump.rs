//! `pump.csv`: a pump in a plant with day and night, weekends, a filter that clogs and is washed.

use std::fmt::Write;

use jiff::ToSpan;

use super::noise::{Noise, Wander, wave};

const ROWS: usize = 10_000;
const ROWS_PER_DAY: usize = 96;
const MINUTES_PER_ROW: i64 = 15;
/// A wash takes an hour and a half.
const WASH_ROWS: usize = 6;
/// Share of the filter that is clogged when a wash becomes due.
const WASH_AT: f64 = 0.8;
/// The flow meter sits at the far end of the pipe: it shows what left the pump 45 minutes ago.
const PIPE_ROWS: usize = 3;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Off,
    Idle,
    Run,
    Wash,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Off => "off",
            State::Idle => "idle",
            State::Run => "run",
            State::Wash => "wash",
        }
    }
}

/// What carries over from one row to the next.
struct Pump {
    /// Turns as a share of the rated 2900 rpm; follows the set point within two rows.
    turns: f64,
    /// Flow on its way to the meter, as a share of the rated flow, the oldest first.
    pipe: [f64; PIPE_ROWS],
    /// Degrees above the surroundings; takes hours to settle.
    heat: f64,
    /// Clogged share of the filter. No sensor shows it: it is the memory of the flow since the last wash.
    clogging: f64,
    /// Rows of the present wash still to come.
    wash_left: usize,
}

/// One row of sensors, without measurement noise.
struct Row {
    state: State,
    load: f64,
    flow: f64,
    pressure: f64,
    power: f64,
    vibration: f64,
}

impl Pump {
    fn new() -> Self {
        Pump { turns: 0.3, pipe: [0.3; PIPE_ROWS], heat: 8.0, clogging: 0.2, wash_left: 0 }
    }

    /// What the pump does: a due wash waits for 5 o'clock.
    fn state(&mut self, row_of_day: usize, demand: f64) -> State {
        if self.clogging > WASH_AT && row_of_day == 5 * ROWS_PER_DAY / 24 {
            self.wash_left = WASH_ROWS;
        }
        if self.wash_left > 0 {
            self.wash_left -= 1;
            return State::Wash;
        }
        match demand {
            d if d < 0.10 => State::Off,
            d if d < 0.25 => State::Idle,
            _ => State::Run,
        }
    }

    /// One row further. `valve`: opening of a valve downstream around 1, which nothing measures.
    fn step(&mut self, row_of_day: usize, demand: f64, valve: f64) -> Row {
        let state = self.state(row_of_day, demand);
        let (load, set_point) = match state {
            State::Off => (0.0, 0.0),
            State::Idle => (0.08, 0.22),
            State::Run => (demand, 0.30 + 0.65 * demand),
            State::Wash => (0.35, 0.62),
        };
        self.turns += 0.7 * (set_point - self.turns);
        let turns = self.turns;

        let flow = turns * valve * (1.0 - 0.3 * self.clogging);
        let metered = self.pipe[0];
        self.pipe.rotate_left(1);
        self.pipe[PIPE_ROWS - 1] = flow;
        let change = if state == State::Wash { -0.35 * self.clogging } else { 0.004 * flow };
        self.clogging += change;

        // Friction heats, the flow cools; the casing evens it out over about five hours.
        let settled = 62.0 * load * (1.25 - 0.5 * flow) + 6.0 * self.clogging * turns;
        self.heat += 0.05 * (settled - self.heat);

        let head = turns * turns;
        let off_resonance = (turns - 0.72) / 0.06;
        Row {
            state,
            load,
            flow: metered,
            pressure: 1.1 + 5.5 * head * (1.0 + 0.5 * self.clogging) - 4.0 * head * (valve - 1.0),
            power: 0.4 + 26.0 * head * turns + 2.0 * load,
            vibration: 0.3
                + 2.2 * turns
                + 1.5 / (1.0 + off_resonance * off_resonance)
                + 1.2 * self.clogging * turns,
        }
    }
}

/// Share of full load the plant asks for: busy by day, quiet at night, less on Saturday and Sunday.
fn demand(row: usize, wander: f64) -> f64 {
    let day = row as f64 / ROWS_PER_DAY as f64;
    let weekend = (row / ROWS_PER_DAY) % 7 >= 5; // the first day is a Monday
    let cycle = 0.50 + 0.33 * wave(day - 0.36) + 0.07 * wave(2.0 * day - 0.15);
    (cycle * if weekend { 0.6 } else { 1.0 } + wander).clamp(0.0, 1.0)
}

/// The whole file.
pub(super) fn csv() -> String {
    let mut text = "time,load,speed,flow,pressure,power,temperature,vibration,state\n".to_string();
    let mut asked = Wander::new(1, 0.96, 0.10);
    let mut valve = Wander::new(2, 0.85, 0.07);
    let mut weather = Wander::new(3, 0.995, 2.0);
    let mut meters: Vec<Noise> = (10..16).map(Noise::new).collect();
    let mut pump = Pump::new();
    let start = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0);
    for row in 0..ROWS {
        let time = start + (MINUTES_PER_ROW * row as i64).minutes();
        let wanted = demand(row, asked.step());
        let now = pump.step(row % ROWS_PER_DAY, wanted, 1.0 + valve.step());
        let day = row as f64 / ROWS_PER_DAY as f64;
        let outside = 16.0 + 3.0 * wave(day - 0.40) + weather.step();

        let mut measured = |meter: usize, deviation: f64| deviation * meters[meter].normal();
        let load = 100.0 * now.load;
        let speed = (2900.0 * pump.turns + measured(0, 3.0)).max(0.0);
        let flow = (120.0 * now.flow + measured(1, 0.4)).max(0.0);
        let pressure = now.pressure + measured(2, 0.03);
        let power = (now.power + measured(3, 0.08)).max(0.0);
        let temperature = outside + pump.heat + measured(4, 0.15);
        let vibration = (now.vibration * (1.0 + measured(5, 0.03))).max(0.0);
        let state = now.state.name();
        writeln!(
            text,
            "{time},{load:.1},{speed:.0},{flow:.2},{pressure:.3},{power:.2},{temperature:.2},{vibration:.3},{state}"
        )
        .expect("writing to a String");
    }
    text
}
