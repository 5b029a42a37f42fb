using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using EmotionMLNet.Benchmarks.Compare;

if (args is ["compare", ..]) return CompareMode.Run(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(CompareMode).Assembly).Run(args, DefaultConfig.Instance.WithArtifactsPath("artifacts/benchmarks"));
return 0;
