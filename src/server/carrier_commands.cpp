#include "server/carrier_commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <future>
#include <utility>

#include "app/carrier_account_json.hpp"
#include "app/carrier_trial.hpp"
#include "server/blocking_store.hpp"
#include "server/known_carriers.hpp"
#include "server/organization_founding.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

std::string word_of(const json::object& options) {
  return option_text(options, "id").value_or("");
}

error which(std::string_view command, std::string_view word) {
  return bad_field("id", "Say which: dialplane carriers " + std::string(command) + " " +
                             std::string(word) + ".");
}

// For the audit log of whom the account belongs to; the installation's are the first's.
act_note note_of(local_environment& env, std::optional<organization_id> owner) {
  return [&env, owner](session& work, std::string_view action,
                       std::string_view object) -> result<void> {
    std::optional<organization_id> whose = owner;
    if (!whose) {
      TRY_ASSIGN(const auto first, work.organizations().first());
      if (!first) return {};
      whose = first->id;
    }
    return record_local_act(work, env.home.ids, env.home.time.now(), *whose, "local", action,
                            object);
  };
}

// Runs `ask` on the loop and waits for what it is told.
template <typename T>
T on_loop(local_environment& env, unique_function<void(unique_function<void(T)>)> ask) {
  std::promise<T> outcome;
  env.loop.post([&outcome, &ask] {
    ask([&outcome](T value) { outcome.set_value(std::move(value)); });
  });
  return outcome.get_future().get();
}

result<carrier_account> named_account(local_environment& env, const json::object& options,
                                      std::string_view command) {
  const std::string name = word_of(options);
  if (name.empty()) return which(command, "NAME");
  return read_and_wait<carrier_account>(*env.home.database, [&name](session& work) {
    return find_account(work, name, std::nullopt);
  });
}

result<credential_texts> given_credentials(const json::object& options) {
  credential_texts credentials;
  const json::value* given = options.if_contains("credentials");
  if (given == nullptr || !given->is_object()) return credentials;
  for (const auto& [name, value] : given->get_object()) {
    if (value.is_string()) credentials.emplace(name, secret_string(value.get_string()));
  }
  return credentials;
}

result<option_texts> given_options(const json::object& options) {
  option_texts texts;
  const json::value* given = options.if_contains("option");
  if (given == nullptr || !given->is_array()) return texts;
  for (const json::value& one : given->get_array()) {
    const std::string text(one.is_string() ? one.get_string().c_str() : "");
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return bad_field("option", "--option must be NAME=VALUE.");
    }
    texts.insert_or_assign(text.substr(0, equals), text.substr(equals + 1));
  }
  return texts;
}

result<std::int64_t> given_preference(const json::object& options) {
  const std::string text = option_text(options, "preference").value_or("0");
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < 0 || value > 1'000) {
    return bad_field("preference", "--preference must be a whole number from 0 to 1000.");
  }
  return value;
}

result<void> write_transcript(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return refused(error_code::not_configured,
                   path + " cannot be written: " + std::strerror(errno) + ".");
  }
  const bool whole = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  if (whole) return {};
  return refused(error_code::not_configured, path + " could not be written whole.");
}

}  // namespace

result<json::object> list_carriers(local_environment& env, const json::object&) {
  using rows = std::vector<carrier_account>;
  TRY_ASSIGN(const rows found, read_and_wait<rows>(*env.home.database, [](session& work) {
               return work.carrier_accounts().all();
             }));
  json::array list;
  for (const carrier_account& row : found) {
    if (row.kind == trunk_kind) continue;
    json::object one{{"name", row.name},
                     {"kind", row.kind},
                     {"state", name_of_value(row.state)},
                     {"preference", row.preference},
                     {"organization_id", nullptr},
                     {"account", row.place},
                     {"sentence", sentence_of(row)}};
    if (row.organization) one["organization_id"] = row.organization->uuid();
    list.push_back(std::move(one));
  }
  return json::object{{"carriers", std::move(list)}};
}

result<json::object> describe_carriers(std::string_view kind) {
  if (!kind.empty()) {
    const known_carrier* known = find_known_carrier(kind);
    if (known != nullptr) return carrier_kind_json(known->described);
    return refused(error_code::not_found, "There is no carrier " + std::string(kind) + ".");
  }
  json::array kinds;
  for (const known_carrier& one : known_carriers()) {
    kinds.push_back(json::object{{"kind", one.described.kind}, {"title", one.described.title}});
  }
  return json::object{{"kinds", std::move(kinds)}};
}

result<json::object> add_carrier(local_environment& env, const json::object& options) {
  account_wish wish;
  wish.kind = word_of(options);
  if (wish.kind.empty()) return which("add", "KIND");
  wish.name = option_text(options, "name").value_or("");
  wish.label = option_text(options, "label");
  TRY_ASSIGN(wish.preference, given_preference(options));
  TRY_ASSIGN(wish.credentials, given_credentials(options));
  TRY_ASSIGN(wish.options, given_options(options));
  if (option_text(options, "organization")) {
    TRY_ASSIGN(const organization owner,
               read_and_wait<organization>(*env.home.database, [&options](session& work) {
                 return chosen_organization(work, options);
               }));
    wish.organization = owner.id;
  }
  const act_note note = note_of(env, wish.organization);
  TRY_ASSIGN(const carrier_account added,
             on_loop<result<carrier_account>>(
                 env, [&](unique_function<void(result<carrier_account>)> done) {
                   add_account(*env.accounts, std::move(wish), note, std::move(done));
                 }));
  return carrier_account_json(added, *env.accounts);
}

result<json::object> check_carrier(local_environment& env, const json::object& options) {
  TRY_ASSIGN(const carrier_account row, named_account(env, options, "check"));
  trial_order order;
  order.buys = option_text(options, "buy-and-release").has_value();
  order.spends = order.buys && option_text(options, "yes").has_value();
  order.records = option_text(options, "save-transcript").has_value();
  trial_outcome outcome =
      on_loop<trial_outcome>(env, [&](unique_function<void(trial_outcome)> done) {
        try_out_account(*env.accounts, row, order, std::move(done));
      });
  json::object out = account_check_json(row, outcome.check);
  out["state"] = name_of_value(row.state);
  out["sentence"] = sentence_of(row);
  if (order.buys) out["steps"] = outcome.steps;
  if (outcome.advice) out["advice"] = *outcome.advice;
  out["works"] = outcome.check.works && outcome.went_well;
  if (const auto path = option_text(options, "save-transcript")) {
    TRY(write_transcript(*path, outcome.transcript));
    out["transcript"] = *path;
  }
  return out;
}

result<json::object> rotate_carrier(local_environment& env, const json::object& options) {
  TRY_ASSIGN(carrier_account row, named_account(env, options, "rotate"));
  account_change change;
  TRY_ASSIGN(credential_texts credentials, given_credentials(options));
  TRY_ASSIGN(change.options, given_options(options));
  if (credentials.empty() && change.options.empty()) {
    return bad_field("credentials", "Give the new credentials as name=value lines.");
  }
  if (!credentials.empty()) change.credentials = std::move(credentials);
  const act_note note = note_of(env, row.organization);
  TRY_ASSIGN(const carrier_account changed,
             on_loop<result<carrier_account>>(
                 env, [&](unique_function<void(result<carrier_account>)> done) {
                   change_account(*env.accounts, std::move(row), std::move(change), note,
                                  std::move(done));
                 }));
  return carrier_account_json(changed, *env.accounts);
}

result<json::object> remove_carrier(local_environment& env, const json::object& options) {
  TRY_ASSIGN(carrier_account row, named_account(env, options, "remove"));
  const bool force = option_text(options, "force").has_value();
  const act_note note = note_of(env, row.organization);
  TRY_ASSIGN(const removed_account removed,
             write_and_wait<removed_account>(*env.home.database, [&](session& work) {
               return remove_account(work, *env.accounts, row, force, note);
             }));
  close_removed(*env.accounts, row, removed);
  json::object out{{"name", row.name},
                   {"status", removed.forgotten ? "removed" : "removed_with_numbers"},
                   {"numbers", removed.numbers}};
  if (!removed.forgotten) out["sentence"] = sentence_of(row);
  return out;
}

}  // namespace dialplane
