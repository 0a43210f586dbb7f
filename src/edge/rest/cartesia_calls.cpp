// Calls in the cartesia dialect: the list of an agent's calls, and one call.
#include <boost/json/array.hpp>

#include "app/calls.hpp"
#include "edge/rest/cartesia_handlers.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

struct call_list {
  call_filter only;
  page_request cut;
  bool with_transcript = false;
};

std::optional<timestamp> time_in(query_reader& query, std::string_view name) {
  const auto text = query.text(name, 64);
  if (!text) return std::nullopt;
  const auto at = parse_rfc3339(*text);
  if (!at) {
    query.take_error(bad_field(std::string(name), std::string(name) +
                                                      " must be a time such as "
                                                      "2026-03-01T00:00:00Z."));
    return std::nullopt;
  }
  return *at;
}

// There are no batches here, so whoever names one names none.
result<call_list> read_call_list(const request_context& context) {
  query_reader query(context.query_parameters());
  call_list list;
  list.cut = query.cartesia_page<call_id>();
  const auto agent = query.id<agent_id>("agent_id");
  const bool names_batch = query.text("batch_id", 64).has_value();
  list.only.started_from = time_in(query, "start_time_gte");
  list.only.started_until = time_in(query, "start_time_lte");
  list.with_transcript = query.choice("expand", {"transcript"}).has_value();
  if (!agent && !names_batch) {
    query.take_error(bad_field("agent_id", "agent_id is required."));
  }
  TRY(query.finish());
  if (names_batch) return refused(error_code::resource_not_found, "There is no such batch.");
  list.only.agent = *agent;
  return list;
}

json::object shown(const call_view& view, cartesia_version version, bool with_transcript) {
  return cartesia_call(call_event_data(view.row, view.agent_name),
                       version < cartesia_version::v2026_08_14, with_transcript);
}

}  // namespace

void cartesia_calls_list(rest_context context) {
  const auto list = read_call_list(*context);
  if (!list) return context->fail(list.error());
  context->query_store([who = context->who(), version = context->version(),
                        list = *list](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const auto found, list_calls(work, who, list.only, list.cut));
    json::array rows;
    for (const call_view& view : found.rows) {
      rows.push_back(shown(view, version, list.with_transcript));
    }
    json::value next = nullptr;
    if (found.has_more && !found.rows.empty()) next = found.rows.back().row.id.prefixed();
    return json_answer(200, json::object{{"data", std::move(rows)},
                                         {"has_more", found.has_more},
                                         {"next_page", std::move(next)}});
  });
}

void cartesia_calls_get(rest_context context) {
  const auto id = call_id::parse(context->path_parameter("call_id"));
  if (!id) {
    return context->fail(refused(error_code::resource_not_found, "There is no such call."));
  }
  context->query_store([who = context->who(), version = context->version(),
                        id = *id](session& work) -> result<rest_answer> {
    TRY_ASSIGN(const call_view view, get_call(work, who, id));
    return json_answer(200, shown(view, version, true));
  });
}

}  // namespace dialplane
