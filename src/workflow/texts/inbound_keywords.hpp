// STOP, START, HELP and what else a person may say to a number about being texted: handled here,
// outside any agent's reach, after the text is stored and in the same transaction.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "domain/message.hpp"
#include "domain/number.hpp"
#include "store/session.hpp"
#include "workflow/environment.hpp"

namespace dialplane {

struct keyword_effect {
  bool is_keyword = false;                  // told to the agent as such; it needs no answer
  std::optional<std::string> confirmation;  // to send back, once; nothing where the carrier does
};

// Writes the contact's state and the events of its change. Also notes that the contact wrote, for
// conversational consent.
result<keyword_effect> take_keywords(session& work, workflow_environment& env,
                                     const number& receiver, const message& inbound);

// The carrier heard STOP or START itself and answered it: the same holds here, with the same event
// and audit entry. Said again, or heard in a text as well, it changes nothing.
result<void> take_carrier_choice(session& work, workflow_environment& env, const number& receiver,
                                 const std::string& from, bool opts_out, timestamp at);

}  // namespace dialplane
