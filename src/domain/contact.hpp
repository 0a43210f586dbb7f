// A person that one of our users texts with, by number: who opted out, who consented, and how.
//
// A contact belongs to one user of one organization; what it said to one user says nothing about
// another's texts. Opt-outs are kept per number that was told, so that the scope of a block can be
// set to user, campaign or number at any time; a consent is evidence and never changed.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

// How somebody came to be blocked, which decides who may lift it.
enum class opt_out_source {
  keyword,    // said STOP: only they themselves, or an operator they told
  free_text,  // looks like a revocation: an operator looks at it
  operator_act,  // recorded through the API
};
NAMED_ENUM(opt_out_source, {opt_out_source::keyword, "keyword"},
           {opt_out_source::free_text, "free_text"}, {opt_out_source::operator_act, "operator"});

struct contact {
  contact_id id;
  organization_id organization;
  user_id user;
  std::string e164;
  // Of the newest opt-out in force; nothing where none is.
  std::optional<timestamp> opted_out_at;
  std::optional<timestamp> opted_in_at;     // the last time they took one back
  std::optional<timestamp> review_due_at;   // an operator should look at a free-text revocation
  std::string review_phrase;                // what looked like one
  std::optional<timestamp> last_inbound_at;
  std::optional<timestamp> first_sent_at;   // nothing: never texted by this user
  std::optional<timestamp> help_answered_at;
  timestamp created_at;
  timestamp updated_at;
};

// One opt-out in force.
struct opt_out {
  organization_id organization;
  user_id user;
  std::string e164;
  number_id number;                     // that was told; all zero: every number
  std::optional<campaign_id> campaign;  // of that number, then
  opt_out_source source = opt_out_source::keyword;
  std::string word;                     // "STOP", or the phrase; empty where an operator acted
  std::optional<message_id> message;
  std::string rules_version;            // of the tables by which the word was read
  timestamp at;
};

struct consent {
  uuid_bytes id{};
  organization_id organization;
  user_id user;
  std::string e164;
  std::string method;                   // "web_form", "keyword", "paper", "verbal", "import", ...
  std::string wording;                  // the disclosure shown
  std::string identifier;               // IP address, form id, message id
  std::optional<campaign_id> campaign;  // nothing: any
  std::optional<number_id> number;      // where it was given, if by text
  std::optional<api_key_id> recorded_by;
  timestamp at;                         // when it was given
  timestamp recorded_at;
};

}  // namespace dialplane
