#include "server/start_banner.hpp"

#include <string_view>

namespace dialplane {

namespace {

std::string curl_line(const std::string& url, std::string_view path, std::string_view key,
                      std::string_view more_headers, const std::string& body) {
  std::string line = "curl -X POST " + url + std::string(path) + " \\\n";
  line += "  -H \"Authorization: Bearer " + std::string(key) + "\" \\\n";
  line += more_headers;
  line += "  -H \"Content-Type: application/json\" \\\n";
  line += "  -d '" + body + "'\n";
  return line;
}

}  // namespace

std::string start_banner(const first_start_report& report, bool with_requests,
                         const std::string& url) {
  std::string text;
  if (report.made_now) {
    text += "operator key: " + std::string(report.operator_key.reveal()) + "\n";
    text += "agent key:    " + std::string(report.agent_key.reveal()) + "\n";
    text += "These keys are shown this once; only their hashes are kept.\n\n";
  }
  if (with_requests) {
    const std::string key =
        report.made_now ? std::string(report.agent_key.reveal()) : "$DIALPLANE_AGENT_KEY";
    std::string support = R"({ "label": "Support line")";
    if (report.agent) support += R"(, "agent_id": ")" + report.agent->prefixed() + "\"";
    text += "A number for an agent that answers calls:\n";
    text += curl_line(url, "/agents/phone-numbers/provision", key,
                      "  -H \"Cartesia-Version: 2026-03-01\" \\\n", support + " }");
    text += "\nA number for texts, with its registration:\n";
    text += curl_line(url, "/v1/phone/provision", key, "",
                      R"({ "ein": "12-3456789", "area_code": "415", "label": "Support" })");
    text += "\n";
  }
  return text + "listening on " + url + "\n";
}

}  // namespace dialplane
