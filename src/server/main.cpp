// The program: files it makes are for their owner only; everything else is in command_line.cpp.
#include <sys/stat.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/command_line.hpp"

int main(int count, char** words) {
  umask(0077);
  const std::string_view called = count > 0 ? words[0] : "dialplane";
  const std::string_view name = called.substr(called.find_last_of('/') + 1);
  return dialplane::run_command_line(std::vector<std::string>(words + 1, words + count),
                                     name == "naive" ? "naive" : "dialplane");
}
