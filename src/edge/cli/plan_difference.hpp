// From what a file wishes and what a server has to the steps between them. Pure: no requests are
// made here, each step says which one it needs.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "edge/cli/api_client.hpp"
#include "edge/cli/plan_file.hpp"

namespace dialplane::cli {

// What the server has, as its lists say.
struct plan_present {
  boost::json::array kits;
  boost::json::array agents;
  boost::json::array webhooks;
  boost::json::array numbers;    // rows of GET /v1/phone
  boost::json::array approvals;  // that wait
  std::map<std::string, boost::json::value> voices;  // by agent id; absent: none
};

enum class plan_act { create, rename, assign, update, wait, leave };
std::string_view name_of(plan_act act) noexcept;

// Ids of agents by name: those that are there, and those that earlier steps made.
using ids_by_name = std::map<std::string, std::string>;

struct plan_step {
  plan_act act = plan_act::create;
  std::string what;      // "number Support"
  std::string sentence;  // for people: what is going to happen, or which command would do it
  bool spends = false;
  // Empty: nothing is to be done. May need the id of something made before.
  std::function<api_request(const ids_by_name&)> request = {};
  std::string learns = {};  // the name whose id the answer's `id` is
};

std::vector<plan_step> difference(const plan_wish& wish, const plan_present& present,
                                  ids_by_name& known, const std::string& program);

}  // namespace dialplane::cli
