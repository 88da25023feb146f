//! Answers in the order of their rows, whatever the order in which they became known.

use std::collections::{BTreeMap, VecDeque};

use super::prediction::Answer;

/// Holds answers back until all earlier ones are there.
#[derive(Debug, Default)]
pub struct InOrder {
    expected: VecDeque<u64>,
    waiting: BTreeMap<u64, Answer>,
}

impl InOrder {
    /// A row with this ticket comes next.
    pub fn expect(&mut self, ticket: u64) {
        self.expected.push_back(ticket);
    }

    /// Takes new answers; gives those whose turn it is.
    pub fn ready(&mut self, answers: Vec<Answer>) -> Vec<Answer> {
        self.waiting.extend(answers.into_iter().map(|answer| (answer.ticket, answer)));
        let mut ready = Vec::new();
        while let Some(answer) = self.expected.front().and_then(|t| self.waiting.remove(t)) {
            self.expected.pop_front();
            ready.push(answer);
        }
        ready
    }
}
