//! `activity.csv`: a sensor of acceleration on the belts of people who rest, walk, climb stairs, run, jump or
//! turn round. Recordings differ in length; each person does everything at a pace of their own.

use std::fmt::Write;

use super::noise::{Noise, wave};

const PEOPLE: usize = 12;
/// Recordings of each motion by each person.
const TAKES: usize = 4;
const ROWS_PER_SECOND: f64 = 20.0;
/// Metres per second squared.
const GRAVITY: f64 = 9.81;

#[derive(Clone, Copy)]
struct Motion {
    name: &'static str,
    /// Cycles per second.
    pace: f64,
    /// Of the way up and down, forward and sideways, in metres per second squared.
    swing: [f64; 3],
    /// Share of the second harmonic: how hard feet come down.
    impact: f64,
    /// Turns of the body per second.
    turning: f64,
}

const MOTIONS: [Motion; 6] = [
    Motion { name: "rest", pace: 0.3, swing: [0.10, 0.10, 0.10], impact: 0.0, turning: 0.0 },
    Motion { name: "walk", pace: 1.8, swing: [2.4, 1.2, 0.8], impact: 0.35, turning: 0.0 },
    Motion { name: "stairs", pace: 1.3, swing: [2.2, 1.7, 0.9], impact: 0.8, turning: 0.0 },
    Motion { name: "run", pace: 2.7, swing: [7.0, 2.5, 1.5], impact: 0.3, turning: 0.0 },
    Motion { name: "jump", pace: 1.7, swing: [9.5, 1.0, 0.8], impact: 0.2, turning: 0.0 },
    Motion { name: "turn", pace: 1.2, swing: [0.8, 0.7, 0.7], impact: 0.2, turning: 0.35 },
];

struct Person {
    pace: f64,
    strength: f64,
}

/// Which part a person's recordings belong to: nobody is in two.
fn part(person: usize) -> &'static str {
    match person {
        0..8 => "train",
        8..10 => "valid",
        _ => "test",
    }
}

/// The whole file.
pub(super) fn csv() -> String {
    let mut text = "recording,person,part,second,x,y,z,motion\n".to_string();
    let mut noise = Noise::new(300);
    let people: Vec<Person> = (0..PEOPLE)
        .map(|_| Person {
            pace: 1.0 + 0.07 * noise.normal(),
            strength: 1.0 + 0.15 * noise.normal().clamp(-2.0, 2.0),
        })
        .collect();
    // Motions in turn, not one after the other, as people would record them.
    let mut recording = 0;
    for (person, who) in people.iter().enumerate() {
        for take in 0..TAKES * MOTIONS.len() {
            recording += 1;
            let motion = MOTIONS[take % MOTIONS.len()];
            let rows = 20 + (noise.uniform() * 36.0) as usize;
            for (row, [x, y, z]) in rows_of(motion, who, rows, &mut noise).into_iter().enumerate() {
                let (part, second) = (part(person), row as f64 / ROWS_PER_SECOND);
                writeln!(
                    text,
                    "r{recording:03},p{:02},{part},{second:.2},{x:.2},{y:.2},{z:.2},{}",
                    person + 1,
                    motion.name
                )
                .expect("writing to a String");
            }
        }
    }
    text
}

/// Forward, sideways and up, as a sensor shows them that sits a little askew.
fn rows_of(motion: Motion, who: &Person, rows: usize, noise: &mut Noise) -> Vec<[f64; 3]> {
    let pace = motion.pace * who.pace * (1.0 + 0.05 * noise.normal());
    let strength = who.strength * (1.0 + 0.1 * noise.normal());
    let lean = [0.08 * noise.normal(), 0.08 * noise.normal()];
    let (start, facing) = (noise.uniform(), noise.uniform());
    (0..rows)
        .map(|row| {
            let second = row as f64 / ROWS_PER_SECOND;
            let cycle = start + pace * second;
            let beat = |shift: f64| {
                strength * (wave(cycle + shift) + motion.impact * wave(2.0 * cycle + shift))
            };
            // Legs take turns: sideways there is one cycle for two steps.
            let sway = strength * wave(0.5 * cycle);
            let up = (GRAVITY + motion.swing[0] * beat(0.0)).max(0.0);
            let forward = motion.swing[1] * beat(0.25) + GRAVITY * lean[0];
            let sideways = motion.swing[2] * sway + GRAVITY * lean[1];
            let angle = facing + motion.turning * second;
            // Turning pulls outwards, now to this axis, now to that one.
            let pull = 6.0 * motion.turning;
            let grain = |noise: &mut Noise| 0.25 * noise.normal();
            [
                forward + pull * wave(angle) + grain(noise),
                sideways + pull * wave(angle + 0.25) + grain(noise),
                up + grain(noise),
            ]
        })
        .collect()
}
