// Gives a number that the account holds under our mark, and our books do not know, to the
// organization of its mark: for review, not charged. Inside one transaction.
#pragma once

#include <optional>
#include <string>

#include "domain/reconcile.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct adoption {
  std::optional<number_id> number;
  std::string why_not;             // a sentence, where there is none
};

// The row is active, locked (only an operator releases it), labelled, without agent, campaign and
// rental. Not adopted: marks of organizations that are not here, and a second number of one
// purchase.
result<adoption> adopt_orphan(session& work, workflow_environment& env, std::string_view carrier,
                              const number_there& orphan);

}  // namespace dialplane
