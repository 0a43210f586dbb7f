#include "app/carrier_accounts.hpp"

#include <memory>
#include <utility>

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "base/utf8.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t credentials_max = 16;
constexpr std::size_t text_bytes_max = 4'096;

error invalid(std::string field, std::string message) {
  return bad_field(std::move(field), std::move(message), error_code::carrier_account_invalid);
}

bool is_plain_text(std::string_view text) {
  return text.size() <= text_bytes_max && is_valid_utf8(text) &&
         text.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos;
}

const credential_description* described_credential(const carrier_description& described,
                                                   std::string_view name) {
  for (const credential_description& one : described.credentials) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

result<void> judge_credentials(const carrier_description& described,
                               const credential_texts& credentials) {
  for (const auto& [name, text] : credentials) {
    if (described_credential(described, name) == nullptr) {
      std::string known;
      for (const credential_description& one : described.credentials) {
        known += (known.empty() ? "" : ", ") + one.name;
      }
      return invalid("credentials." + name,
                     described.title + " has no credential " + name + "; there are " + known + ".");
    }
    if (text.empty() || !is_plain_text(text.reveal())) {
      return invalid("credentials." + name, "This credential must be one line of text.");
    }
  }
  for (const credential_description& one : described.credentials) {
    if (one.required && !credentials.contains(one.name)) {
      return invalid("credentials." + one.name,
                     described.title + " needs the credential " + one.name + ": " + one.title +
                         ".");
    }
  }
  return {};
}

result<void> judge_options(const option_texts& options) {
  if (options.size() > credentials_max) return invalid("options", "Too many options.");
  for (const auto& [name, text] : options) {
    if (name.empty() || name.size() > 64 || !is_plain_text(text)) {
      return invalid("options", "Each option must be a name and one line of text.");
    }
  }
  return {};
}

json::object shown_credentials(const carrier_description& described,
                               const credential_texts& credentials) {
  json::object shown;
  for (const auto& [name, text] : credentials) {
    const credential_description* one = described_credential(described, name);
    if (one != nullptr && !one->secret) shown[name] = text.reveal();
  }
  return shown;
}

option_texts texts_of(const json::object& options) {
  option_texts texts;
  for (const auto& [name, value] : options) {
    if (value.is_string()) texts.emplace(name, std::string(value.get_string()));
  }
  return texts;
}

json::object object_of(const option_texts& options) {
  json::object object;
  for (const auto& [name, text] : options) object[name] = text;
  return object;
}

// Names are parts of addresses that carriers are given; an organization's is not to be guessed.
std::string chosen_name(const account_book& book, const account_wish& wish,
                        carrier_account_id id) {
  if (wish.organization) return wish.kind + "-" + hex(id.bytes).substr(20);
  const carrier_registry& open = book.environment().carriers;
  std::string name = wish.kind;
  for (int at = 2; open.find(name) != nullptr && !book.is_removed(name); ++at) {
    name = wish.kind + "-" + std::to_string(at);
  }
  return name;
}

result<void> judge_name(const account_book& book, const carrier_account& row) {
  if (!is_account_name(row.name)) {
    return invalid("name",
                   "The name must be 1 to 40 of a-z, 0-9 and hyphens, a letter first.");
  }
  // An account without a row: the built-in one. The others' names are the store's to judge.
  const bool built_in = book.is_built_in(row.name);
  if (built_in) return conflicting(error_code::conflict, "Another carrier account has this name.");
  return {};
}

result<carrier_account> judged_row(const account_book& book, const account_wish& wish) {
  const account_maker* known = book.maker_of(wish.kind);
  if (known == nullptr) {
    std::string names;
    for (const account_maker& one : book.makers()) {
      names += (names.empty() ? "" : ", ") + one.described->kind;
    }
    return invalid("kind", "There is no carrier \"" + wish.kind + "\"; there are " + names + ".");
  }
  TRY(judge_credentials(*known->described, wish.credentials));
  TRY(judge_options(wish.options));
  workflow_environment& env = book.environment();
  carrier_account row;
  row.id = env.ids.make<carrier_account_id>();
  row.kind = wish.kind;
  row.organization = wish.organization;
  row.name = wish.name.empty() ? chosen_name(book, wish, row.id) : wish.name;
  TRY(judge_name(book, row));
  row.label = wish.label;
  row.options = object_of(wish.options);
  row.shown = shown_credentials(*known->described, wish.credentials);
  row.place = place_of_account(*known->described, wish.credentials, wish.options);
  row.preference = wish.preference;
  row.sealed_credentials = book.seal_credentials(wish.credentials);
  row.created_at = env.time.now();
  row.updated_at = row.created_at;
  row.state_since = row.created_at;
  return row;
}

// What an adapter says about credentials of someone who is just typing them.
error as_refusal(error why) {
  if (why.code != error_code::carrier_credentials_rejected) return why;
  error failure = refused(error_code::carrier_account_invalid,
                          "The carrier does not accept these credentials; nothing was saved.");
  failure.internal = describe(why);
  return failure;
}

void put_standing(carrier_account& row, const account_report& report, timestamp now) {
  const bool no_money = report.balance_micro_usd && *report.balance_micro_usd <= 0;
  const auto state =
      no_money ? carrier_account_state::out_of_funds : carrier_account_state::active;
  if (state != row.state) row.state_since = now;
  row.state = state;
  row.state_detail.clear();
  if (row.place.empty()) row.place = report.account;
}

// The adapter asked before anything is saved; it lives until it has answered.
void try_account(account_book& book, const carrier_account& row,
                 const credential_texts& credentials, carrier_done<account_report> done) {
  result<std::unique_ptr<carrier>> made = book.make(row, credentials);
  if (!made) return done(std::move(made).error());
  const std::shared_ptr<carrier> trial = *std::move(made);
  trial->check_account(
      [trial, done = std::move(done)](result<account_report> report) mutable {
        if (!report) return done(as_refusal(std::move(report).error()));
        done(std::move(report));
      });
}

result<void> store_new(session& work, account_book& book, carrier_account& row,
                       const act_note& note) {
  TRY_ASSIGN(const auto known, work.carrier_accounts().find_named(row.name));
  const bool comes_back = known && known->state == carrier_account_state::removed_with_numbers &&
                          known->kind == row.kind && known->organization == row.organization;
  if (comes_back) {
    row.id = known->id;
    row.created_at = known->created_at;
    row.sealed_webhook_token = known->sealed_webhook_token;
    TRY(work.carrier_accounts().update(row));
  } else {
    TRY(work.carrier_accounts().insert(row));
  }
  TRY(tell_account_changed(work, book.environment(), row,
                           comes_back ? name_of_value(known->state) : std::string_view()));
  return note(work, "carrier.account_added", row.id.uuid());
}

// Stores the row in `unit`, then opens it as it is stored.
void store_and_open(account_book& book, carrier_account row,
                    unique_function<result<void>(session&, carrier_account&)> unit,
                    account_done done) {
  book.environment().database.write<carrier_account>(
      [row = std::move(row), unit = std::move(unit)](session& work) mutable
      -> result<carrier_account> {
        carrier_account stored = row;
        TRY(unit(work, stored));
        return stored;
      },
      [&book, done = std::move(done)](result<carrier_account> stored) mutable {
        if (!stored) return done(std::move(stored).error());
        done(book.open(*std::move(stored)));
      });
}

}  // namespace

std::string place_of_account(const carrier_description& described,
                             const credential_texts& credentials, const option_texts& options) {
  for (const credential_description& one : described.credentials) {
    const auto text = credentials.find(one.name);
    if (one.secret || text == credentials.end()) continue;
    std::string place(text->second.reveal());
    const auto region = options.find("region");
    if (region != options.end() && !region->second.empty()) place += "/" + region->second;
    return place;
  }
  return {};
}

void add_account(account_book& book, account_wish wish, act_note note, account_done done) {
  result<carrier_account> judged = judged_row(book, wish);
  if (!judged) return done(std::move(judged).error());
  carrier_account row = *std::move(judged);
  // Whether it is needed shows when the account is opened.
  row.sealed_webhook_token = book.seal_webhook_token();
  try_account(book, row, wish.credentials,
              [&book, row, note = std::move(note),
               done = std::move(done)](result<account_report> report) mutable {
                if (!report) return done(std::move(report).error());
                put_standing(row, *report, book.environment().time.now());
                store_and_open(book, std::move(row),
                               [&book, note = std::move(note)](session& work,
                                                               carrier_account& stored) {
                                 return store_new(work, book, stored, note);
                               },
                               std::move(done));
              });
}

namespace {

// Without the region.
std::string account_in(const std::string& place) { return place.substr(0, place.find('/')); }

// The change of what is kept, without what asks the carrier.
result<void> apply_change(const account_book& book, carrier_account& row,
                          const account_change& change) {
  if (change.label) row.label = *change.label;
  if (change.preference) row.preference = *change.preference;
  TRY(judge_options(change.options));
  for (const auto& [name, text] : change.options) {
    if (text.empty()) {
      row.options.erase(name);
    } else {
      row.options[name] = text;
    }
  }
  row.updated_at = book.environment().time.now();
  if (!change.credentials) return {};
  const account_maker* known = book.maker_of(row.kind);
  if (known == nullptr) return invalid("kind", "There is no carrier " + row.kind + " any more.");
  TRY(judge_credentials(*known->described, *change.credentials));
  const std::string place =
      place_of_account(*known->described, *change.credentials, texts_of(row.options));
  if (!row.place.empty() && !place.empty() && account_in(place) != account_in(row.place)) {
    return invalid("credentials", "These credentials are of another account at the carrier (" +
                                      account_in(place) + " instead of " + account_in(row.place) +
                                      "); add it under a name of its own.");
  }
  if (!place.empty()) row.place = place;
  row.shown = shown_credentials(*known->described, *change.credentials);
  row.sealed_credentials = book.seal_credentials(*change.credentials);
  return {};
}

void store_change(account_book& book, carrier_account row, act_note note, bool rotated,
                  account_done done) {
  store_and_open(
      book, std::move(row),
      [&book, note = std::move(note), rotated](session& work,
                                               carrier_account& stored) -> result<void> {
        TRY_ASSIGN(const auto now, work.carrier_accounts().find_named(stored.name));
        if (!now || now->id != stored.id ||
            now->state == carrier_account_state::removed_with_numbers) {
          return conflicting(error_code::conflict, "The account was removed meanwhile.");
        }
        if (!rotated) {  // what the carrier said meanwhile stays true
          stored.state = now->state;
          stored.state_detail = now->state_detail;
          stored.state_since = now->state_since;
        }
        TRY(work.carrier_accounts().update(stored));
        if (now->state != stored.state) {
          TRY(tell_account_changed(work, book.environment(), stored, name_of_value(now->state)));
        }
        return note(work, rotated ? "carrier.account_rotated" : "carrier.account_updated",
                    stored.id.uuid());
      },
      std::move(done));
}

}  // namespace

void change_account(account_book& book, carrier_account row, account_change change, act_note note,
                    account_done done) {
  if (row.state == carrier_account_state::removed_with_numbers) {
    return done(conflicting(error_code::conflict,
                            "This account was removed; add it again under its name."));
  }
  if (auto applied = apply_change(book, row, change); !applied) return done(applied.error());
  const bool asks = change.credentials || !change.options.empty();
  if (!asks) return store_change(book, std::move(row), std::move(note), false, std::move(done));
  result<credential_texts> credentials =
      change.credentials ? result<credential_texts>(*std::move(change.credentials))
                         : book.open_credentials(row);
  if (!credentials) return done(std::move(credentials).error());
  try_account(book, row, *credentials,
              [&book, row, note = std::move(note),
               done = std::move(done)](result<account_report> report) mutable {
                if (!report) return done(std::move(report).error());
                put_standing(row, *report, book.environment().time.now());
                store_change(book, std::move(row), std::move(note), true, std::move(done));
              });
}

result<removed_account> remove_account(session& work, account_book& book, carrier_account& row,
                                       bool force, const act_note& note) {
  removed_account removed;
  TRY_ASSIGN(removed.numbers, work.carrier_accounts().count_numbers_at(row.name));
  TRY_ASSIGN(removed.operations, work.carrier_accounts().count_operations_at(row.name));
  const bool in_use = removed.numbers > 0 || removed.operations > 0;
  if (in_use && !force) {
    error refusal = conflicting(
        error_code::conflict,
        std::to_string(removed.numbers) + " numbers live at " + row.name + " and " +
            std::to_string(removed.operations) + " operations are under way there.");
    refusal.hint = "Release the numbers first; by force the account goes and they stay, unusable.";
    refusal.details["numbers"] = removed.numbers;
    return refusal;
  }
  const carrier_account_state before = row.state;
  row.sealed_credentials = book.seal_credentials({});
  row.state = carrier_account_state::removed_with_numbers;
  row.state_detail = std::to_string(removed.numbers) + " numbers";
  row.state_since = book.environment().time.now();
  row.updated_at = row.state_since;
  removed.forgotten = !in_use;
  if (removed.forgotten) {
    TRY(work.carrier_accounts().remove(row));
  } else {
    TRY(work.carrier_accounts().update(row));
    TRY(tell_account_changed(work, book.environment(), row, name_of_value(before)));
  }
  TRY(note(work, "carrier.account_removed", row.id.uuid()));
  return removed;
}

void close_removed(account_book& book, const carrier_account& row,
                   const removed_account& removed) {
  if (removed.forgotten) return book.forget(row.name);
  book.close(row);
}

void check_account(account_book& book, const carrier_account& row,
                   unique_function<void(account_check)> done) {
  account_check check;
  if (row.state == carrier_account_state::removed_with_numbers) {
    check.missing.push_back(sentence_of(row));
    return done(std::move(check));
  }
  if (const auto reachable = book.check_public_url(row); !reachable) {
    check.missing.push_back(reachable.error().message);
  }
  carrier* asked = book.environment().carriers.find(row.name);
  if (asked == nullptr) {
    check.missing.push_back("The account is not open in this program.");
    return done(std::move(check));
  }
  asked->check_account([check = std::move(check),
                        done = std::move(done)](result<account_report> report) mutable {
    if (report) {
      for (const std::string& sentence : report->missing) check.missing.push_back(sentence);
      check.works = report->can_buy && check.missing.empty();
      check.report = *std::move(report);
    } else {
      check.failure = std::move(report).error();
    }
    done(std::move(check));
  });
}

result<carrier_account> find_account(session& work, std::string_view name,
                                     const std::optional<organization_id>& seen_by) {
  TRY_ASSIGN(auto found, work.carrier_accounts().find_named(name));
  const bool foreign = found && found->organization && seen_by && *found->organization != *seen_by;
  if (!found || foreign) return refused(error_code::not_found, "No such carrier account.");
  return *std::move(found);
}

}  // namespace dialplane
