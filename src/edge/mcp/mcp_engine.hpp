// The Model Context Protocol as a function: one message in, one answer out, nothing remembered.
//
// The engine knows the protocol in both its revisions (mcp_revision.hpp) and turns tool calls and
// resource reads into REST requests; how such a request is answered is the caller's business (a
// `rest_asker`: in the server the REST edge itself, in tests whatever they like). So there is no
// second way past the guards: quota, credit, kit, approval and audit are those of the request.
//
// Immutable once built; works on several threads at once. Owned by mcp_service.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/unique_function.hpp"
#include "edge/mcp/json_rpc.hpp"
#include "edge/mcp/mcp_revision.hpp"
#include "edge/mcp/tool_catalog.hpp"
#include "net/http.hpp"

namespace dialplane {

struct mcp_answer {
  int http_status = 200;
  std::string body;        // a JSON-RPC message; empty where none belongs (202)
  // The REST answer this one relays, without its body, if there was one: whoever wants to know
  // whether an answer arrived asks through it.
  http_response relayed = {};
};

using answer_taker = unique_function<void(mcp_answer)>;
// Answers one REST request of the same caller, once, now or later on the same loop.
using rest_asker = unique_function<void(http_request, unique_function<void(http_response)>)>;

class mcp_engine {
 public:
  explicit mcp_engine(const price_list& prices) : catalog_(prices) {}

  // `asked` brought the message and is only read before this returns. `ask` is called at most once.
  void answer(const boost::json::object& message, const http_request& asked, rest_asker ask,
              answer_taker done) const;

  const tool_catalog& catalog() const { return catalog_; }

 private:
  struct call;  // one message under way
  using method_handler = void (mcp_engine::*)(call) const;
  struct method_row;
  static const method_row* find_method(std::string_view name);

  void initialize(call now) const;
  void ping(call now) const;
  void set_log_level(call now) const;
  void discover(call now) const;
  void list_tools(call now) const;
  void call_tool(call now) const;
  void list_resources(call now) const;
  void list_templates(call now) const;
  void read_resource(call now) const;
  void list_prompts(call now) const;
  void get_prompt(call now) const;
  void complete(call now) const;

  const tool_catalog catalog_;
};

}  // namespace dialplane
