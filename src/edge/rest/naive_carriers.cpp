// Accounts at carriers, for operators: what is configured, what it can do, how it is, and changing
// that. The installation's own accounts are for its first organization's operators; others see and
// change those they brought. Credentials go in and are never shown.
#include <boost/json/array.hpp>
#include <utility>

#include "app/carrier_account_json.hpp"
#include "edge/rest/carrier_account_requests.hpp"
#include "edge/rest/naive_handlers.hpp"
#include "edge/rest/naive_requests.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr text_rule account_name_rule{.min = 1, .max = 40};
constexpr text_rule account_label_rule{.min = 1, .max = 255};
constexpr std::int64_t preference_max = 1'000;
constexpr std::size_t texts_max = 16;

// Whoever names a carrier's address has this server connect to it, on this machine too.
error not_theirs() {
  return refused(error_code::forbidden, "Only the installation's own accounts take base_url.");
}

error no_such_account() { return refused(error_code::not_found, "No such carrier account."); }

// Of the installation itself, not of a tenant?
result<bool> is_host(session& work, const actor& who) {
  TRY_ASSIGN(const auto first, work.organizations().first());
  return first && first->id == who.organization;
}

bool may_see(const carrier_account& row, const actor& who, bool host) {
  return row.organization ? *row.organization == who.organization : host;
}

result<carrier_account> find_seen(session& work, const actor& who, const std::string& name) {
  TRY_ASSIGN(const bool host, is_host(work, who));
  TRY_ASSIGN(auto found, work.carrier_accounts().find_named(name));
  if (!found || !may_see(*found, who, host) || found->kind == trunk_kind) {
    return no_such_account();
  }
  return *std::move(found);
}

std::string asked_name(const rest_context& context) {
  return std::string(context->path_parameter("name"));
}

// An object of texts: credentials, options.
void read_texts(object_reader& body, std::string_view name, bool required,
                unique_function<void(std::string, std::string)> take) {
  const json::object* texts =
      required ? body.required_object(name) : body.optional_object(name);
  if (texts == nullptr) return;
  const std::string path = body.path_of(name);
  if (texts->size() > texts_max) {
    return body.take_error(bad_field(path, path + " has too many members."));
  }
  for (const auto& [key, value] : *texts) {
    if (!value.is_string()) {
      const std::string field = path + "." + std::string(key);
      return body.take_error(bad_field(field, field + " must be a text."));
    }
    take(std::string(key), std::string(value.get_string()));
  }
}

void read_account_credentials(object_reader& body, bool required, credential_texts& into) {
  read_texts(body, "credentials", required, [&into](std::string name, std::string text) {
    into.insert_or_assign(std::move(name), secret_string::taken_from(text));
  });
}

void read_options(object_reader& body, option_texts& into) {
  read_texts(body, "options", false, [&into](std::string name, std::string text) {
    into.insert_or_assign(std::move(name), std::move(text));
  });
}

account_done answer_account(const rest_context& context, account_book& book, int status) {
  return [context, &book, status](result<carrier_account> row) {
    if (!row) return context->fail(row.error());
    context->answer_remembered(json_answer(status, carrier_account_json(*row, book)));
  };
}

result<void> start_carrier_list(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  query_reader query(context->query_parameters());
  TRY(query.finish());
  context->query_store([who = context->who(), book](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const bool host, is_host(work, who));
    TRY_ASSIGN(const auto rows, work.carrier_accounts().all());
    json::array shown;
    for (const carrier_account& row : rows) {
      if (row.kind != trunk_kind && may_see(row, who, host)) {
        shown.push_back(carrier_account_json(row, *book));
      }
    }
    if (host) {
      for (json::object& one : built_in_carriers_json(*book)) shown.push_back(std::move(one));
    }
    return json_answer(200, json::object{{"carriers", std::move(shown)}});
  });
  return {};
}

result<void> start_carrier_get(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  context->query_store([who = context->who(), name = asked_name(context),
                        book](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const bool host, is_host(work, who));
    if (host && book->is_built_in(name)) {
      for (const json::object& one : built_in_carriers_json(*book)) {
        if (one.at("name") == json::value(name)) return json_answer(200, one);
      }
    }
    TRY_ASSIGN(const carrier_account row, find_seen(work, who, name));
    json::object out = carrier_account_json(row, *book);
    TRY_ASSIGN(const std::int64_t numbers, work.carrier_accounts().count_numbers_at(row.name));
    out["numbers"] = numbers;
    return json_answer(200, out);
  });
  return {};
}

result<account_wish> read_account_wish(const rest_context& context) {
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  account_wish wish;
  wish.kind = body.required_string("kind", account_name_rule);
  wish.name = body.optional_string("name", account_name_rule).value_or("");
  wish.label = body.optional_string("label", account_label_rule);
  wish.preference = body.optional_int("preference", 0, preference_max).value_or(0);
  read_account_credentials(body, true, wish.credentials);
  read_options(body, wish.options);
  if (body.optional_bool("own").value_or(false)) wish.organization = context->who().organization;
  TRY(body.finish());
  return wish;
}

result<void> start_carrier_add(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  TRY_ASSIGN(account_wish wish, read_account_wish(context));
  context->act_once([context, book, wish = std::move(wish)]() mutable {
    context->env().database().read<bool>(
        [who = context->who()](session& work) { return is_host(work, who); },
        [context, book, wish = std::move(wish)](result<bool> host) mutable {
          if (!host) return context->fail(host.error());
          // What a tenant brings is its own and sells nothing to others.
          if (!*host) wish.organization = context->who().organization;
          if (wish.organization && wish.options.contains("base_url")) {
            return context->fail(not_theirs());
          }
          add_account(*book, std::move(wish), act_note_of(context),
                      answer_account(context, *book, 201));
        });
  });
  return {};
}

// Reads the account the path names and hands it on.
void with_account(const rest_context& context,
                  unique_function<void(carrier_account)> then) {
  context->env().database().read<carrier_account>(
      [who = context->who(), name = asked_name(context)](session& work) {
        return find_seen(work, who, name);
      },
      [context, then = std::move(then)](result<carrier_account> row) mutable {
        if (!row) return context->fail(row.error());
        then(*std::move(row));
      });
}

result<void> start_carrier_update(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  TRY_ASSIGN(const json::object* members, context->body());
  object_reader body(*members);
  account_change change;
  change.label = body.optional_string("label", account_label_rule);
  change.preference = body.optional_int("preference", 0, preference_max);
  credential_texts credentials;
  read_account_credentials(body, false, credentials);
  if (body.has("credentials")) change.credentials = std::move(credentials);
  read_options(body, change.options);
  TRY(body.finish());
  context->act_once([context, book, change = std::move(change)]() mutable {
    with_account(context, [context, book, change = std::move(change)](carrier_account row) mutable {
      if (row.organization && change.options.contains("base_url")) {
        return context->fail(not_theirs());
      }
      change_account(*book, std::move(row), std::move(change), act_note_of(context),
                     answer_account(context, *book, 200));
    });
  });
  return {};
}

result<void> start_carrier_remove(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  query_reader query(context->query_parameters());
  const bool force = query.choice("force", {"false", "true"}).value_or(0) == 1;
  TRY(query.finish());
  TRY(expect_no_body(context));
  context->act_once([context, book, force] {
    context->env().database().write<account_removal>(
        [context, book, force,
         name = asked_name(context)](session& work) -> result<account_removal> {
          account_removal done;
          TRY_ASSIGN(done.row, find_seen(work, context->who(), name));
          TRY_ASSIGN(done.removed,
                     remove_account(work, *book, done.row, force, act_note_of(context)));
          return done;
        },
        [context, book](result<account_removal> done) {
          if (!done) return context->fail(done.error());
          close_removed(*book, done->row, done->removed);
          json::object out{{"name", done->row.name},
                           {"status", done->removed.forgotten ? "removed" : "removed_with_numbers"},
                           {"numbers", done->removed.numbers}};
          if (!done->removed.forgotten) out["sentence"] = sentence_of(done->row);
          context->answer_remembered(json_answer(200, out));
        });
  });
  return {};
}

result<void> start_carrier_check(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  TRY(expect_no_body(context));
  with_account(context, [context, book](carrier_account row) {
    check_account(*book, row, [context, row](account_check check) {
      context->answer(json_answer(200, account_check_json(row, check)));
    });
  });
  return {};
}

}  // namespace

void naive_carriers_list(rest_context context) { start_or_fail(context, start_carrier_list); }
void naive_carriers_get(rest_context context) { start_or_fail(context, start_carrier_get); }
void naive_carriers_add(rest_context context) { start_or_fail(context, start_carrier_add); }
void naive_carriers_update(rest_context context) { start_or_fail(context, start_carrier_update); }
void naive_carriers_remove(rest_context context) { start_or_fail(context, start_carrier_remove); }
void naive_carriers_check(rest_context context) { start_or_fail(context, start_carrier_check); }

}  // namespace dialplane
