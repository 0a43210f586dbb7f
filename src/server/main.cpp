// The program: files it makes are for their owner only; everything else is in command_line.cpp.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "server/command_line.hpp"

int main(int count, char** words) {
  umask(0077);
  return dialplane::run_command_line(std::vector<std::string>(words + 1, words + count));
}
