// Telephony providers in the cartesia dialect: accounts and trunks that an organization brings.
#include <boost/json/array.hpp>
#include <utility>

#include "edge/rest/carrier_account_requests.hpp"
#include "edge/rest/cartesia_handlers.hpp"
#include "edge/rest/cartesia_provider_input.hpp"
#include "edge/rest/naive_requests.hpp"
#include "store/carrier_account_queries.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

error no_such_provider() {
  return refused(error_code::resource_not_found, "There is no such provider.");
}

result<carrier_account> find_own(session& work, organization_id owner,
                                 const std::optional<carrier_account_id>& id) {
  if (!id) return no_such_provider();
  return find_provider(work, owner, {.id = *id, .kind = {}, .place = {}});
}

std::optional<carrier_account_id> asked_provider(const rest_context& context) {
  return carrier_account_id::parse(context->path_parameter("id"));
}

account_done answer_provider(const rest_context& context, int status) {
  return [context, status](result<carrier_account> row) {
    if (!row) return context->fail(row.error());
    context->answer_remembered(json_answer(status, render_provider(*row)));
  };
}

void create_account(const rest_context& context, account_book& book, provider_input input) {
  account_wish wish;
  wish.kind = own_account_kind();
  wish.organization = context->who().organization;
  wish.label = input.label;
  wish.credentials.emplace("account_sid", secret_string(input.account_sid));
  wish.credentials.emplace("api_key_sid", secret_string(input.api_key_sid));
  wish.credentials.emplace("api_key_secret", std::move(input.api_key_secret));
  wish.options["region"] = *input.region;
  context->act_once([context, &book, wish = std::move(wish)]() mutable {
    add_account(book, std::move(wish), act_note_of(context), answer_provider(context, 201));
  });
}

result<void> start_provider_create(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  TRY_ASSIGN(const json::object* members, context->body());
  TRY_ASSIGN(provider_input input, read_provider(*members, true));
  if (input.type == provider_type::own_account) {
    create_account(context, *book, std::move(input));
    return {};
  }
  context->mutate([context, book,
                   input = std::move(input)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const carrier_account row,
               create_trunk(work, *book, context->who().organization, input.trunk,
                            act_note_of(context)));
    return json_answer(201, render_provider(row));
  });
  return {};
}

result<void> start_provider_list(const rest_context& context) {
  query_reader query(context->query_parameters());
  const auto type = query.choice("type", {"twilio", "sip_trunk"});
  const auto account = query.text("account_sid", 64);
  TRY(query.finish());
  context->query_store(
      [who = context->who(), type, account](session& work) -> result<rest_answer> {
        TRY_ASSIGN(const auto rows, work.carrier_accounts().brought_by(who.organization));
        json::array shown;
        for (const carrier_account& row : rows) {
          if (row.state == carrier_account_state::removed_with_numbers) continue;
          if (type && (*type == 1) != (row.kind == trunk_kind)) continue;
          if (!type && row.kind != trunk_kind && row.kind != own_account_kind()) continue;
          json::object one = render_provider(row);
          const json::value* sid = one.if_contains("account_sid");
          if (account && (sid == nullptr || *sid != json::value(*account))) continue;
          shown.push_back(std::move(one));
        }
        return json_answer(200, shown);
      });
  return {};
}

result<void> start_provider_get(const rest_context& context) {
  context->query_store([who = context->who(),
                        id = asked_provider(context)](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const carrier_account row, find_own(work, who.organization, id));
    return json_answer(200, render_provider(row));
  });
  return {};
}

void change_own_account(const rest_context& context, account_book& book, carrier_account row,
                        provider_input input) {
  account_change change;
  change.label = input.label;
  credential_texts credentials;
  const json::value* sid = row.shown.if_contains("account_sid");
  if (sid != nullptr && sid->is_string()) {
    credentials.emplace("account_sid", secret_string(sid->get_string()));
  }
  credentials.emplace("api_key_sid", secret_string(input.api_key_sid));
  credentials.emplace("api_key_secret", std::move(input.api_key_secret));
  change.credentials = std::move(credentials);
  if (input.region) change.options["region"] = *input.region;
  change_account(book, std::move(row), std::move(change), act_note_of(context),
                 answer_provider(context, 200));
}

// Of a trunk: one unit. Of an account: the carrier is asked in between.
void change_provider(const rest_context& context, account_book& book, carrier_account row,
                     provider_input input) {
  const bool is_trunk = row.kind == trunk_kind;
  if (is_trunk != (input.type == provider_type::sip_trunk)) {
    return context->fail(bad_field("type", "type of a provider cannot be changed."));
  }
  if (!is_trunk) return change_own_account(context, book, std::move(row), std::move(input));
  context->env().database().write<carrier_account>(
      [context, &book, id = row.id, input = std::move(input)](session& work)
          -> result<carrier_account> {
        TRY_ASSIGN(carrier_account now, find_own(work, context->who().organization, id));
        return update_trunk(work, book, std::move(now), input.trunk, act_note_of(context));
      },
      answer_provider(context, 200));
}

result<void> start_provider_update(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  TRY_ASSIGN(const json::object* members, context->body());
  TRY_ASSIGN(provider_input input, read_provider(*members, false));
  context->act_once([context, book, id = asked_provider(context),
                     input = std::move(input)]() mutable {
    context->env().database().read<carrier_account>(
        [who = context->who(), id](session& work) {
          return find_own(work, who.organization, id);
        },
        [context, book, input = std::move(input)](result<carrier_account> row) mutable {
          if (!row) return context->fail(row.error());
          change_provider(context, *book, *std::move(row), std::move(input));
        });
  });
  return {};
}

result<void> start_provider_delete(const rest_context& context) {
  TRY_ASSIGN(account_book* book, account_book_of(context));
  TRY(expect_no_body(context));
  context->act_once([context, book, id = asked_provider(context)] {
    context->env().database().write<account_removal>(
        [context, book, id](session& work) -> result<account_removal> {
          account_removal done;
          TRY_ASSIGN(done.row, find_own(work, context->who().organization, id));
          TRY_ASSIGN(done.removed,
                     remove_account(work, *book, done.row, false, act_note_of(context)));
          return done;
        },
        [context, book](result<account_removal> done) {
          if (!done) return context->fail(done.error());
          close_removed(*book, done->row, done->removed);
          context->answer_remembered({.status = 204});
        });
  });
  return {};
}

}  // namespace

void cartesia_providers_create(rest_context context) {
  start_or_fail(context, start_provider_create);
}
void cartesia_providers_list(rest_context context) { start_or_fail(context, start_provider_list); }
void cartesia_providers_get(rest_context context) { start_or_fail(context, start_provider_get); }
void cartesia_providers_update(rest_context context) {
  start_or_fail(context, start_provider_update);
}
void cartesia_providers_delete(rest_context context) {
  start_or_fail(context, start_provider_delete);
}

}  // namespace dialplane
