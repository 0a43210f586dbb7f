// The people a user texts with: reading them, recording consent, opting them out and in by hand.
// All run inside a unit.
//
// A contact comes to be with its first text either way, or when something is recorded about it. An
// opt-out may be recorded by anybody; only an operator lifts one, and a plain STOP only where the
// person themselves said so. Rules: a2p-10dlc §6 and §7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.hpp"
#include "domain/contact.hpp"
#include "domain/e164.hpp"
#include "domain/organization.hpp"
#include "store/contact_queries.hpp"
#include "store/session.hpp"

namespace dialplane {

struct contact_view {
  contact row;
  std::vector<opt_out> opt_outs;   // in force, newest first
  std::vector<consent> consents;   // newest record first, at most 20
};

// Of the subject, newest first.
result<page<contact>> list_contacts(session& work, const actor& who, std::optional<user_id> asked,
                                    std::optional<bool> opted_out, const page_request& cut);
// not_found for a number nobody texted with.
result<contact_view> get_contact(session& work, const actor& who, std::optional<user_id> asked,
                                 const e164& number);

struct consent_input {
  std::string method;
  std::string wording;
  std::string identifier;
  std::optional<campaign_id> campaign;
  std::optional<number_id> number;
  std::optional<timestamp> at;  // when it was given; nothing: now. Not ahead of now
};
// Adds a record; earlier ones stay. resource_not_found: campaign or number of another user.
result<contact_view> record_consent(session& work, const app_environment& env, const actor& who,
                                    std::optional<user_id> asked, const e164& number,
                                    const consent_input& given, std::string_view request);

// Blocks texts to that person from all of the user's numbers, or from one. Repeatable.
result<contact_view> opt_contact_out(session& work, const app_environment& env, const actor& who,
                                     std::optional<user_id> asked, const e164& number,
                                     std::optional<number_id> told, const std::string& reason,
                                     std::string_view request);
// Lifts every block and ends the review. recipient_opted_out: one of them is the person's own
// STOP, and nobody says that they took it back.
result<contact_view> opt_contact_in(session& work, const app_environment& env, const actor& who,
                                    std::optional<user_id> asked, const e164& number,
                                    bool confirmed_by_contact, const std::string& reason,
                                    std::string_view request);

}  // namespace dialplane
