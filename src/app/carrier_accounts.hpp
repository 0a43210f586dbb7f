// Accounts at carriers: adding, changing (new credentials, preference, label), checking, removing
// and showing them. For the operator's commands, the REST routes and organizations alike.
//
// What is to be saved is tried at the carrier first. Verbs that ask a carrier are called on an
// event loop and call `done` there, once; the others run inside a unit. Secrets go in and never
// come out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"
#include "domain/carrier_account.hpp"
#include "store/session.hpp"
#include "workflow/accounts/account_book.hpp"

namespace dialplane {

// Writes the audit entry of the act, inside its unit.
using act_note = std::function<result<void>(session& work, std::string_view action,
                                            std::string_view object)>;
using account_done = unique_function<void(result<carrier_account>)>;

struct account_wish {
  std::string kind;
  std::string name;                          // empty: one is chosen
  std::optional<organization_id> organization;  // whose; nobody: the installation's
  std::optional<std::string> label;
  credential_texts credentials;
  option_texts options;
  std::int64_t preference = 0;
};

// What is given is set.
struct account_change {
  std::optional<std::string> label;
  std::optional<std::int64_t> preference;
  std::optional<credential_texts> credentials;  // all of them
  option_texts options;                      // each replaces its namesake; empty removes it
};

// carrier_account_invalid: unknown kind, missing credential, no public address, or the carrier does
// not let us in. conflict: the name is taken, or the owner has this account already. A failure to
// ask the carrier passes through; nothing is saved then. A name whose account was removed with
// numbers on it is taken up again.
void add_account(account_book& book, account_wish wish, act_note note, account_done done);

// `row` as it was read; conflict where it has been removed since.
void change_account(account_book& book, carrier_account row, account_change change, act_note note,
                    account_done done);

struct removed_account {
  std::int64_t numbers = 0;     // still living there
  std::int64_t operations = 0;  // still under way there
  bool forgotten = false;       // else it stays, as removed_with_numbers
};
// conflict while numbers live there or work is under way, unless `force`. Its secrets are
// forgotten either way. Inside a unit; close_removed() after the commit.
result<removed_account> remove_account(session& work, account_book& book, carrier_account& row,
                                       bool force, const act_note& note);
void close_removed(account_book& book, const carrier_account& row, const removed_account& removed);

// What the account says about itself, and what is missing here.
struct account_check {
  bool works = false;
  std::optional<account_report> report;      // where the carrier answered
  std::optional<error> failure;              // where it did not
  std::vector<std::string> missing;          // sentences, the report's among them
};
void check_account(account_book& book, const carrier_account& row,
                   unique_function<void(account_check)> done);

// not_found. Accounts of other organizations are not there.
result<carrier_account> find_account(session& work, std::string_view name,
                                     const std::optional<organization_id>& seen_by);

// The carrier's own name of the account and its region, from what is no secret.
std::string place_of_account(const carrier_description& described,
                             const credential_texts& credentials, const option_texts& options);

}  // namespace dialplane
