using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Networks;

/// <summary>Who reads what, against the definition: node j reads node i as often as i stands among j's inputs.</summary>
public sealed class GraphReadersTests
{
    public static TheoryData<string> Names => [.. SampleNetworks.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Readers_are_the_nodes_among_whose_inputs_a_node_stands(string name)
    {
        Network network = SampleNetworks.Make(name);
        foreach (Network same in new[] { network, network.Clone(), network.At(network.InputShape) })
        {
            for (int i = Network.Input; i < same.Nodes.Count; i++)
            {
                int node = i;
                int[] expected = [.. same.Nodes.SelectMany((reader, j) => reader.Inputs.Where(k => k == node).Select(_ => j))];
                Assert.Equal(expected, same.Readers(node));
                Assert.Equal(expected.Length == 0 ? node : expected.Max(), same.LastReader(node));
            }
            Assert.Empty(same.Readers(same.Nodes.Count - 1));
        }
    }

    [Fact]
    public void A_sum_of_a_tensor_with_itself_reads_it_twice()
    {
        var net = new NetworkBuilder(Shape.Vector(3));
        int dense = net.Add("dense", new Linear(3, 2));
        net.Add("twice", new Add(), dense, dense);
        Assert.Equal([1, 1], net.Build().Readers(dense));
    }

    [Fact]
    public void A_node_that_nobody_reads_is_refused()
    {
        var net = new NetworkBuilder(Shape.Vector(3));
        net.Add("lost", new Linear(3, 2), Network.Input);
        net.Add("dense", new Linear(3, 2), Network.Input);
        Assert.Equal("Nothing reads the output of node 'lost'.", Assert.Throws<ArgumentException>(() => net.Build()).Message);
    }
}
