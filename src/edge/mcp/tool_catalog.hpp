// What this server offers over the Model Context Protocol: tools, resources and prompts, read once
// from contract/mcp/tools.json, the one place where they are defined. docs/mcp.md is written from
// what is listed here.
//
// A tool is a name for one REST request: which arguments go into its path, its query, its headers,
// and, all others, its body. The catalog knows no requests and no callers; it is immutable once
// built and owned by the engine. Mistakes in the definitions are CHECKed: they are part of the
// program.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/plans_and_prices.hpp"

namespace dialplane {

enum class argument_place { path, query, header, body };

struct tool_argument {
  std::string name;
  argument_place place;
  bool required;
  bool takes_number;  // an integer; all others of path, query and header are texts
};

struct mcp_tool {
  std::string name;
  std::string method;
  std::string path;                    // "/v1/phone/{phone_id}"
  std::string other_path;              // where `other_path_argument` is given
  std::string other_path_argument;     // empty: there is no other path
  std::string fixed_query;
  std::vector<tool_argument> arguments;
  bool shows_outside_text = false;     // its results hold what strangers wrote
};

struct mcp_resource {
  std::string uri;           // "phone://numbers"; of a template with "{id}" at its end
  std::string request_path;  // path and query of the REST request
};

struct prompt_argument {
  std::string name;
  bool required;
  std::string clause;        // what "{+name}" becomes, with {value} in it; empty: nothing
};

struct mcp_prompt {
  std::string name;
  std::string description;
  std::string text;
  std::vector<prompt_argument> arguments;
};

class tool_catalog {
 public:
  // `prices` are named in the descriptions.
  explicit tool_catalog(const price_list& prices);

  const std::string& instructions() const { return instructions_; }
  // As they are listed: in the order of the file, which never changes while the program runs.
  const boost::json::array& listed_tools() const { return listed_tools_; }
  const boost::json::array& listed_resources() const { return listed_resources_; }
  const boost::json::array& listed_templates() const { return listed_templates_; }
  const boost::json::array& listed_prompts() const { return listed_prompts_; }

  const mcp_tool* find_tool(std::string_view name) const;
  const mcp_prompt* find_prompt(std::string_view name) const;
  const std::vector<mcp_resource>& resources() const { return resources_; }
  const mcp_resource& number_template() const { return number_template_; }
  // The tool whose name is most like the wrong one; empty: none is near.
  std::string nearest_tool(std::string_view wrong) const;

 private:
  void read_tool(const boost::json::object& row, const boost::json::object& shared);
  void read_resources(const boost::json::object& whole);
  void read_prompts(const boost::json::array& rows);

  std::string instructions_;
  std::vector<mcp_tool> tools_;
  std::vector<mcp_resource> resources_;
  mcp_resource number_template_;
  std::vector<mcp_prompt> prompts_;
  boost::json::array listed_tools_;
  boost::json::array listed_resources_;
  boost::json::array listed_templates_;
  boost::json::array listed_prompts_;
};

}  // namespace dialplane
