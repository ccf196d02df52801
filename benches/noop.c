/* The least that a process can be: what starting one costs on this machine. */
int main(void) { return 0; }
