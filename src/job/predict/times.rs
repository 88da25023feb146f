//! What times out of order do in a stream.

use super::PredictOptions;
use crate::config::{Duplicates, Order};
use crate::data::Roles;
use crate::error::{Error, Result};

/// As in training, unless that takes all rows at once.
pub(super) fn settle(options: &PredictOptions, roles: &mut Roles) -> Result<()> {
    if roles.time.is_none() && (options.order.is_some() || options.duplicates.is_some()) {
        let message = "--order and --duplicates are about times, and this model reads none";
        return Err(Error::Usage(message.into()));
    }
    roles.order = options.order.unwrap_or(roles.order);
    roles.duplicates = options.duplicates.unwrap_or(roles.duplicates);
    if roles.order == Order::Sort {
        return Err(Error::Usage(
            "the model was trained with \"order\": \"sort\", and rows that still come cannot be sorted; with --order \
             error it takes rows that are in order, with --order ignore as they stand"
                .into(),
        ));
    }
    if roles.duplicates == Duplicates::Last {
        return Err(Error::Usage(
            "the model was trained with \"duplicates\": \"last\", and which row is the last of its time cannot be known \
             before the next one comes; --duplicates first takes the first, --duplicates error none"
                .into(),
        ));
    }
    Ok(())
}
